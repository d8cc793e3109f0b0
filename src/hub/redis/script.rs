//! What runs inside Redis, in one step each.

/// Appends an event unless this publisher has, and returns its ID.
///
/// A publisher's key is a hash with a field for each of the last numbers, modulo the window: `number id`. So it is
/// bounded, appends may arrive in any order, and a field with a larger number says that this one is too old to know.
/// The field is read first, and written after the entry: a wrong type under either key adds nothing.
///
/// KEYS: the stream, the publisher. ARGV: the field, the number, how many entries are kept, how long the publisher is
/// (in ms), then the fields of the entry.
pub(super) const APPEND: &str = "\
local kept = redis.call('HGET', KEYS[2], ARGV[1])
if kept then
  local number, id = string.match(kept, '^(%d+) (.+)$')
  if number == ARGV[2] then return id end
  if number and (#number > #ARGV[2] or #number == #ARGV[2] and number > ARGV[2]) then
    return redis.error_reply('FORGOTTEN the number is older than all that are remembered')
  end
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 5))
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. id)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return id";

/// Reads the entries from an ID on and the oldest that are left, and what is known of the stream.
///
/// KEYS: the stream. ARGV: the ID, how many entries.
/// Returns: from the ID on; the oldest; the newest ID there ever was; how many there are; how many there ever were (-1:
/// this server does not say); the largest ID that was deleted.
pub(super) const LOOK: &str = "\
local following = redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {{}, {}, '0-0', 0, 0, '0-0'} end
  return info
end
local facts = {}
for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[2])
return {following, oldest, facts['last-generated-id'], facts['length'], facts['entries-added'] or -1,
  facts['max-deleted-entry-id'] or '0-0'}";
