use eventwire::client::{EventStream, Rejected, StreamError};
use eventwire::server::{response, EventBody};
use eventwire::Event;
use futures_util::{Stream, TryStreamExt};
use http::Response;
use http_body::Body;

type Relayed<B> = Result<Event, StreamError<<B as Body>::Error>>;

fn relay<B>(upstream: Response<B>) -> Result<Response<EventBody<impl Stream<Item = Relayed<B>>>>, Rejected<B>>
where
    B: Body + Send + Unpin + 'static,
    B::Error: Send,
{
    let events = EventStream::from_response(upstream)?;               // if rejected: answer with 502
    let events = events.try_filter(|event| std::future::ready(event.event_type() != "ping"));
    Ok(response(EventBody::new(events)))
}
