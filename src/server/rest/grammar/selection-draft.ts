import type { Condition, Embed, OrderTerm, SelectItem, Selection } from "#application";
import { AppError } from "#contract";
import type { ParseContext } from "./parse-context.ts";
import { shorten } from "./scanner.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A selection while its parts are still being gathered from several parameters. */
export class SelectionDraft {
  readonly items: SelectItem[] = [];
  readonly conditions: Condition[] = [];
  order: readonly OrderTerm[] | undefined;
  limit: number | undefined;
  offset: number | undefined;
  #embeds: Map<string, EmbedDraft> | undefined;

  addEmbed(embed: Omit<Embed, "selection">, selection: SelectionDraft): void {
    const name = embed.alias ?? embed.target;
    this.#embeds ??= new Map();
    if (this.#embeds.has(name)) {
      throw new AppError("invalidQuery", {
        message: `The select parameter embeds '${shorten(name)}' twice under one name.`,
        hint: `Give one of them a name of its own: 'other:${shorten(embed.target)}(...)'.`,
      });
    }
    const draft = { ...embed, selection: emptySelection };
    this.#embeds.set(name, { embed: draft, selection });
    this.items.push(draft);
  }

  hasEmbed(name: string): boolean {
    return this.#embeds?.has(name) ?? false;
  }

  /** The selection that a path of embeds leads to; throws `notEmbedded` where `select` has no such embed. */
  at(path: readonly string[], from = 0): SelectionDraft {
    const name = path[from];
    if (name === undefined) return this;
    const embed = this.#embeds?.get(name);
    if (embed === undefined) throw notEmbedded(name);
    return embed.selection.at(path, from + 1);
  }

  finish(context: ParseContext): Selection {
    for (const { embed, selection } of this.#embeds?.values() ?? []) embed.selection = selection.finish(context);
    const result: Mutable<Selection> = { items: this.items };
    const where = allOf(this.conditions);
    if (where !== undefined) result.where = where;
    if (this.order !== undefined) result.order = this.order;
    if (this.limit !== undefined) result.limit = context.add(String(this.limit));
    if (this.offset !== undefined) result.offset = context.add(String(this.offset));
    return result;
  }
}

interface EmbedDraft {
  readonly embed: Mutable<Embed>;
  readonly selection: SelectionDraft;
}

const emptySelection: Selection = { items: [] };

/** All conditions as one; undefined where there are none. */
export function allOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.length <= 1 ? conditions[0] : { type: "and", conditions };
}

export function notEmbedded(name: string): AppError {
  return new AppError("notEmbedded", {
    message: `'${shorten(name)}' is not an embedded relation of this query.`,
    hint: `Add '${shorten(name)}(...)' to the select parameter; a relation that has an alias is known by the alias alone.`,
  });
}
