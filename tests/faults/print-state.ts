/** `node print-state.ts <file>`: for a database that only a process in another mount namespace can reach. */
import { readState } from "./database-state.ts";

process.stdout.write(JSON.stringify(readState(process.argv[2] ?? "")));
