import accounts from "./accounts.json";
import app from "./app.json";
import common from "./common.json";
import connect from "./connect.json";
import conversations from "./conversations.json";
import keys from "./keys.json";
import login from "./login.json";
import models from "./models.json";
import overview from "./overview.json";
import page from "./page.json";
import playground from "./playground.json";
import proxy from "./proxy.json";
import requests from "./requests.json";
import settings from "./settings.json";
import upstreams from "./upstreams.json";
import welcome from "./welcome.json";

/** All texts, a section for each page. `tray.json` beside them belongs to tray and notifications and is read there. */
export default {
  common,
  app,
  overview,
  accounts,
  upstreams,
  keys,
  models,
  connect,
  proxy,
  requests,
  conversations,
  playground,
  settings,
  page,
  login,
  welcome,
};
