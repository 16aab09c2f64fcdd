//! A session with an MCP server, by the official SDK. Dropping it ends the session, and what still runs in it.

use postern_protocol::chat::Tool;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, ContentBlock, Implementation,
    ProtocolVersion, ResourceContents,
};
use rmcp::service::{ClientInitializeError, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientLifecycleMode, ClientServiceExt, RoleClient, ServiceExt};
use serde_json::{Map, Value};

use super::address::Address;
use super::talk::{Talk, trouble};
use super::trouble::Trouble;
use super::wire::Wire;

/// An open session.
pub(super) struct Session {
    running: RunningService<RoleClient, ClientConfig>,
    /// Most bytes of one answer.
    most: usize,
}

impl Session {
    /// Opens a session. Servers that know no sessions any more are asked as they want to be.
    pub(super) async fn open(wire: Wire, address: &Address, most: usize) -> Result<Self, Trouble> {
        let transport = || {
            let config = StreamableHttpClientTransportConfig::with_uri(address.as_str());
            StreamableHttpClientTransport::with_client(Talk { wire: wire.clone(), most }, config)
        };
        let refused = match who_asks().serve(transport()).await {
            Ok(running) => return Ok(Self { running, most }),
            Err(error) => not_open(error, most),
        };
        if !matches!(refused, Trouble::Refused(_)) {
            return Err(refused);
        }
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        let without = ClientLifecycleMode::Discover { preferred_versions };
        match who_asks().serve_with_lifecycle(transport(), without).await {
            Ok(running) => Ok(Self { running, most }),
            Err(_) => Err(refused),
        }
    }

    /// Whether the server can still be asked in it.
    pub(super) fn is_open(&self) -> bool {
        !self.running.is_transport_closed()
    }

    /// What the server has.
    pub(super) async fn tools(&self) -> Result<Vec<Tool>, Trouble> {
        let tools = self.running.list_all_tools().await.map_err(|error| failed(error, self.most))?;
        let tool = |tool: rmcp::model::Tool| Tool {
            name: tool.name.into_owned(),
            description: tool.description.map(|text| text.into_owned()),
            parameters: Some(Value::Object(tool.input_schema.as_ref().clone())),
            ..Tool::default()
        };
        Ok(tools.into_iter().map(tool).collect())
    }

    /// What a function gives back, as text of at most `most` bytes.
    pub(super) async fn call(
        &self,
        function: &str,
        arguments: Map<String, Value>,
        most: usize,
    ) -> Result<String, Trouble> {
        let params = CallToolRequestParams::new(function.to_owned()).with_arguments(arguments);
        let result = self.running.peer().call_tool(params).await.map_err(|error| failed(error, most))?;
        Ok(text(result))
    }
}

fn who_asks() -> ClientConfig {
    ClientConfig::new(
        ClientCapabilities::default(),
        Implementation::new("postern", env!("CARGO_PKG_VERSION")),
    )
}

fn not_open(error: ClientInitializeError, most: usize) -> Trouble {
    match error {
        ClientInitializeError::JsonRpcError(answer) => trouble(answer, most),
        other => Trouble::Refused(other.to_string()),
    }
}

fn failed(error: ServiceError, most: usize) -> Trouble {
    match error {
        ServiceError::McpError(answer) => trouble(answer, most),
        ServiceError::UnexpectedResponse => {
            Trouble::Refused("it asks back, or answers later, which is not done here".to_owned())
        }
        ServiceError::TransportClosed => Trouble::Unreachable("it ended the connection".to_owned()),
        other => Trouble::Unreachable(other.to_string()),
    }
}

/// The result as the model reads it.
fn text(result: CallToolResult) -> String {
    let mut texts: Vec<String> = result.content.into_iter().map(piece).collect();
    if texts.is_empty() {
        texts.extend(result.structured_content.map(|value| value.to_string()));
    }
    let text = texts.join("\n");
    if result.is_error == Some(true) { format!("Error: {text}") } else { text }
}

fn piece(block: ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(image) => format!("[a picture of type {}, which is left out]", image.mime_type),
        ContentBlock::Audio(audio) => format!("[a recording of type {}, which is left out]", audio.mime_type),
        ContentBlock::Resource(resource) => match resource.resource {
            ResourceContents::TextResourceContents { text, .. } => text,
            ResourceContents::BlobResourceContents { uri, .. } => {
                format!("[the file {uri}, which is left out]")
            }
            _ => "[a file, which is left out]".to_owned(),
        },
        ContentBlock::ResourceLink(link) => format!("[{}]({})", link.name, link.uri),
        _ => "[something that is left out]".to_owned(),
    }
}
