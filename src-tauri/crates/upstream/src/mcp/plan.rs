//! Which functions of a request are run by which server.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::{join_all, try_join_all};
use postern_protocol::chat::{
    Failure, FailureKind, Modality, ProviderTools, Request, ResponseFormat, Tool, ToolChoice,
};

use super::address::{Address, Form, permit};
use super::catalogue::Asker;
use super::links::{Link, Links};
use super::{Kit, McpOffer, Server};

/// The request's field for one server, and the list whose functions may each name one.
const ENDPOINT: &str = "mcp_endpoint";
const TOOLS: &str = "tools";
/// So many signs of a list of functions are shown.
const LONGEST_LIST: usize = 500;

/// Who runs what.
#[derive(Default)]
pub(super) struct Plan {
    runs: HashMap<String, Arc<Link>>,
    /// A server of the settings that cannot tell what it has, for every other function.
    rest: Option<Arc<Link>>,
    /// What could not be had, in plain words.
    pub(super) warnings: Vec<String>,
}

/// Whether servers may have a part in the answer, as far as can be said without asking them.
pub(super) fn concerns(kit: &Kit, request: &Request) -> bool {
    let named =
        request.mcp_endpoint.is_some() || request.tools.iter().any(|tool| tool.mcp_endpoint.is_some());
    let declared = !request.tools.is_empty() || offers_all(kit, request);
    named || (!kit.servers.is_empty() && declared && request.tool_choice != ToolChoice::None)
}

/// Whether the model is offered more functions than the request declares. A provider's own tools, a form of the answer,
/// pictures and speech do not go together with functions everywhere, so a request that asks for those gets no others.
fn offers_all(kit: &Kit, request: &Request) -> bool {
    let provided = request.provider_tools;
    let asks = |tool: Option<bool>| tool == Some(true);
    let ProviderTools { search, url_context, code_execution, maps } = provided;
    kit.config.offer == McpOffer::All
        && request.tool_choice != ToolChoice::None
        && request.response_format == ResponseFormat::Text
        && request.wishes.modalities.iter().all(|modality| *modality == Modality::Text)
        && ![search, url_context, code_execution, maps].into_iter().any(asks)
}

impl Plan {
    /// Looks at what the request names and what the servers have, and adds to the request what models are offered
    /// besides. A server that the request names must answer; one of the settings may be missing.
    pub(super) async fn of(kit: &Kit, links: &mut Links, request: &mut Request) -> Result<Self, Failure> {
        let named = Named::of(kit, request)?;
        let mut plan = Self::default();
        // What no function can be called of needs no server.
        if request.tool_choice == ToolChoice::None {
            return Ok(plan);
        }
        plan.take_named(kit, links, &named, request).await?;
        plan.take_settings(kit, links, request).await;
        Ok(plan)
    }

    /// Who runs the function; `None` when the caller does.
    pub(super) fn runner(&self, function: &str) -> Option<&Arc<Link>> {
        self.runs.get(function).or(self.rest.as_ref())
    }

    async fn take_named(
        &mut self,
        kit: &Kit,
        links: &mut Links,
        named: &Named,
        request: &mut Request,
    ) -> Result<(), Failure> {
        let servers: Vec<(Arc<Link>, &str)> =
            named.servers().into_iter().map(|(address, param)| (links.link(kit, address), param)).collect();
        let asked = servers.iter().map(|(link, param)| async move {
            if link.address.form == Form::Plain {
                return Ok(None);
            }
            let told = kit.catalogue.tools(link, Asker::Request).await;
            told.map(Some).map_err(|trouble| trouble.for_caller(&link.address, param))
        });
        let told = try_join_all(asked).await?;
        for ((link, _), told) in servers.iter().zip(told) {
            for tool in request.tools.iter().filter(|tool| named.of_function(tool) == Some(&link.address)) {
                // A server that cannot tell what it has is asked when it comes to it.
                match told.as_ref().filter(|told| told.iter().all(|has| has.name != tool.name)) {
                    None => drop(self.runs.insert(tool.name.clone(), Arc::clone(link))),
                    Some(told) if tool.mcp_endpoint.is_some() => {
                        return Err(has_not(&link.address, tool, told));
                    }
                    Some(_) => self.warnings.push(format!(
                        "the MCP server {} has no function {}; its calls go to the client",
                        link.address, tool.name
                    )),
                }
            }
            if let Some(told) = told.filter(|_| named.whole.as_ref() == Some(&link.address)) {
                self.offer(kit, link, &told, request);
            }
        }
        Ok(())
    }

    async fn take_settings(&mut self, kit: &Kit, links: &mut Links, request: &mut Request) {
        let free: Vec<String> = request
            .tools
            .iter()
            .filter(|tool| tool.mcp_endpoint.is_none() && !self.runs.contains_key(&tool.name))
            .map(|tool| tool.name.clone())
            .collect();
        if request.mcp_endpoint.is_some() || (free.is_empty() && !offers_all(kit, request)) {
            return;
        }
        let servers: Vec<(&Server, Arc<Link>)> =
            kit.telling().map(|server| (server, links.link(kit, &server.address))).collect();
        let asked = servers.iter().map(|(_, link)| kit.catalogue.tools(link, Asker::Settings));
        for ((server, link), told) in servers.iter().zip(join_all(asked).await) {
            match told {
                Ok(told) => {
                    for has in told.iter().filter(|has| free.contains(&has.name)) {
                        self.runs.entry(has.name.clone()).or_insert_with(|| Arc::clone(link));
                    }
                    self.offer(kit, link, &told, request);
                }
                Err(trouble) => {
                    tracing::warn!(server = server.name, %trouble, "the functions of an MCP server are missing");
                    self.warnings.push(format!("the MCP server {} {trouble}", server.name));
                }
            }
        }
        let plain = kit.servers.iter().find(|server| server.address.form == Form::Plain);
        self.rest = plain.map(|server| links.link(kit, &server.address));
    }

    /// Offers the model what it is not offered yet.
    fn offer(&mut self, kit: &Kit, link: &Arc<Link>, told: &[Tool], request: &mut Request) {
        if !offers_all(kit, request) {
            return;
        }
        for has in told {
            if request.tools.iter().all(|tool| tool.name != has.name) {
                request.tools.push(has.clone());
                self.runs.insert(has.name.clone(), Arc::clone(link));
            }
        }
    }
}

/// What is told of a function whose server does not have it.
fn has_not(server: &Address, tool: &Tool, told: &[Tool]) -> Failure {
    let names: Vec<&str> = told.iter().map(|has| has.name.as_str()).collect();
    let mut list: String = names.join(", ").chars().take(LONGEST_LIST).collect();
    if list.is_empty() {
        list.push_str("none");
    }
    let message = format!(
        "The MCP server {server} has no function `{}`. It has: {list}. Correct the name, or take x-mcp-endpoint out of \
         the function to run it yourself.",
        tool.name
    );
    Failure::new(FailureKind::BadRequest, message).param(TOOLS)
}

/// The servers that a request names.
struct Named {
    /// For all its functions.
    whole: Option<Address>,
    /// For one function each, by what it was named.
    single: HashMap<String, Address>,
}

impl Named {
    fn of(kit: &Kit, request: &Request) -> Result<Self, Failure> {
        let whole = request
            .mcp_endpoint
            .as_deref()
            .map(|text| permit(kit.permitted(), text, ENDPOINT))
            .transpose()?;
        let mut single = HashMap::new();
        for text in request.tools.iter().filter_map(|tool| tool.mcp_endpoint.as_ref()) {
            single.insert(text.clone(), permit(kit.permitted(), text, TOOLS)?);
        }
        Ok(Self { whole, single })
    }

    /// The server that is to run the function.
    fn of_function(&self, tool: &Tool) -> Option<&Address> {
        tool.mcp_endpoint.as_ref().map_or(self.whole.as_ref(), |text| self.single.get(text))
    }

    /// Each once, with the field that names it.
    fn servers(&self) -> Vec<(&Address, &'static str)> {
        let mut servers: Vec<(&Address, &'static str)> = Vec::new();
        let whole = self.whole.iter().map(|address| (address, ENDPOINT));
        for (address, param) in whole.chain(self.single.values().map(|address| (address, TOOLS))) {
            if servers.iter().all(|(known, _)| *known != address) {
                servers.push((address, param));
            }
        }
        servers
    }
}
