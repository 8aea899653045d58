import { confirm, isCancel, select, text } from "@clack/prompts";
import { CommandError } from "../command-line/failure.ts";
import { packageNameOf } from "./project-name.ts";
import { examineFolder } from "./project-folder.ts";
import type { TemplateName } from "./templates.ts";
import { templates } from "./templates.ts";

export interface Answers {
  readonly folder: string;
  readonly template: TemplateName;
  readonly git: boolean;
  readonly install: boolean;
}

export interface Questions extends Partial<{ readonly [Name in keyof Answers]: Answers[Name] | undefined }> {
  readonly force: boolean;
  /** Whether git is worth a question: it is there, and the folder is in no repository. */
  readonly mayUseGit: (folder: string) => boolean;
}

/** Asks whoever sits at the terminal for what they have not said. @throws CommandError where they stop; nothing is made then. */
export async function askAboutProject({ folder, template, git, install, force, mayUseGit }: Questions): Promise<Answers> {
  const chosen = folder ?? (await askForFolder(force));
  return {
    folder: chosen,
    template:
      template ??
      answered(
        await select<TemplateName>({
          message: "What does it begin as?",
          options: templates.map(({ name, description }) => ({ value: name, label: name, hint: description })),
        }),
      ),
    install: install ?? answered(await confirm({ message: "Install its packages now?" })),
    git: git ?? (mayUseGit(chosen) && answered(await confirm({ message: "Make a git repository of it?" }))),
  };
}

async function askForFolder(force: boolean): Promise<string> {
  const validate = (given: string | undefined): string | undefined => {
    try {
      packageNameOf(examineFolder(given || "my-site", force).path, undefined);
      return undefined;
    } catch (error) {
      if (error instanceof CommandError) return error.message;
      throw error;
    }
  };
  return answered(await text({ message: "Which folder?", placeholder: "my-site", defaultValue: "my-site", validate }));
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new CommandError("Nothing was made.");
  return answer as Exclude<T, symbol>;
}
