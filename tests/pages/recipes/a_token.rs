use std::error::Error;
use eventwire::client::EventSource;
use http::{Request, Response};

async fn fetch_token() -> Result<String, reqwest::Error> {
    Ok("secret".to_owned())                                           // from wherever yours comes
}

fn follow(client: reqwest::Client, url: &str) -> Result<EventSource, Box<dyn Error + Send + Sync>> {
    let request = Request::get(url).body("")?;
    let send = move |mut request: Request<bytes::Bytes>| {
        let client = client.clone();
        async move {
            let bearer = format!("Bearer {}", fetch_token().await?).parse()?;
            request.headers_mut().insert("authorization", bearer);
            let response = client.execute(request.try_into()?).await?;
            Ok::<_, Box<dyn Error + Send + Sync>>(Response::<reqwest::Body>::from(response))
        }
    };
    Ok(EventSource::new(request, send, tokio::time::sleep))
}
