import { parentPort } from "node:worker_threads";
import type { AnswerQuestion } from "./passkey-answers.ts";

// The program of the thread that looks at what authenticators answer.

if (parentPort === null) throw new Error("This file is the program of a thread.");
const port = parentPort;
// The library asks Node.js which algorithms it has; that some are new is nobody's concern here.
process.removeAllListeners("warning");
const { verifyAnswer } = await import("./verify-answer.ts");
port.on("message", ({ id, question }: { readonly id: number; readonly question: AnswerQuestion }) => {
  void verifyAnswer(question).then((verdict) => port.postMessage({ id, verdict }));
});
