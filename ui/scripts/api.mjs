// Writes src/api/schema.gen.ts, the types of the console API, from src/api/openapi.json. With --print it only says
// what it would write.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const api = new URL("../src/api/", import.meta.url);
const document = JSON.parse(await readFile(new URL("openapi.json", api), "utf8"));
const types = astToString(await openapiTS(document));
const head = "// This file is a table of types, made by `cargo xtask openapi` from openapi.json. Do not edit it.\n\n";
if (process.argv.includes("--print")) process.stdout.write(head + types);
else await writeFile(new URL("schema.gen.ts", api), head + types);
