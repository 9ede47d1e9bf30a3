// Builds EverShop's shop front, and not its administration, which nobody opens here: a third of the time and of the memory that `evershop build` takes.
// Run in the folder that holds node_modules. The steps are those of evershop's own dist/bin/build/index.js.
import path from "node:path";
import { mkdirSync, rmSync } from "node:fs";

process.env.NODE_ENV = "production";
process.env.ALLOW_CONFIG_MUTATIONS = "true";
const dist = path.resolve("node_modules/@evershop/evershop/dist");
const load = (file) => import(path.join(dist, file));

const { CONSTANTS } = await load("lib/helpers.js");
const { loadModuleRoutes } = await load("lib/router/loadModuleRoutes.js");
const { getRoutes } = await load("lib/router/Router.js");
const { lockHooks } = await load("lib/util/hookable.js");
const { lockRegistry } = await load("lib/util/registry.js");
const { isBuildRequired } = await load("lib/webpack/isBuildRequired.js");
const { loadBootstrapScript } = await load("bin/lib/bootstrap/bootstrap.js");
const { buildEntry } = await load("bin/lib/buildEntry.js");
const { getCoreModules } = await load("bin/lib/loadModules.js");
const { compile } = await load("bin/build/complie.js");

const modules = getCoreModules();
modules.forEach((module) => loadModuleRoutes(module.path));
rmSync(CONSTANTS.BUILDPATH, { recursive: true, force: true });
mkdirSync(CONSTANTS.BUILDPATH, { recursive: true });
for (const module of modules) {
  await loadBootstrapScript(module, { command: "build", env: "production", process: "main" });
}
lockHooks();
lockRegistry();
process.env.ALLOW_CONFIG_MUTATIONS = "false";
const routes = getRoutes().filter((route) => isBuildRequired(route) && !route.isAdmin);
await buildEntry(routes);
await compile(routes);
process.exit(0);
