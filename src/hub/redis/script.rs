//! Lua scripts, each of which Redis runs atomically.

/// Appends an event unless this publisher has appended it before, and returns its ID.
///
/// A publisher's key is a hash that maps a number, modulo the window, to `number id`. This bounds its size and lets
/// appends arrive in any order; a field with a larger number means that this one is too old to be remembered. The field
/// is read before and written after the entry, so a wrong type under either key adds nothing.
///
/// KEYS: the stream, the publisher. ARGV: the field, the number, the number of entries to keep, the expiry of the
/// publisher in ms, then the fields of the entry.
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

/// Reads the entries from an ID on, the oldest entries, and the facts about the stream.
///
/// KEYS: the stream. ARGV: the ID, the limit of entries.
/// Returns: the entries from the ID on; the oldest entries; the newest ID ever added; the length; the number of entries
/// ever added (-1 if the server does not report it); the greatest ID deleted.
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
