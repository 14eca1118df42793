// Parse an AsyncAPI document with the public parser; prints what it found as one line of JSON.
import { Parser, fromFile } from "@asyncapi/parser";

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const faults = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path }));
const messages = document ? document.allMessages().all().map((message) => message.name()) : [];
console.log(JSON.stringify({ version: document?.version() ?? null, messages, faults }));
