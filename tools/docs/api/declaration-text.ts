import type { ClassDeclaration, ClassElement, FunctionDeclaration, Node, VariableDeclaration } from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isClassStaticBlockDeclaration,
  isConstructorDeclaration,
  isExpressionWithTypeArguments,
  isFunctionDeclaration,
  isGetAccessorDeclaration,
  isMethodDeclaration,
  isPropertyDeclaration,
  isTypeQueryNode,
  isTypeReferenceNode,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";

/** What the declarations of one name are, as they are written: without bodies, and without what is private. */
export function declarationOf(nodes: readonly Node[]): {
  readonly kind: "function" | "class" | "value" | "type";
  readonly text: string;
} {
  const [node] = nodes;
  if (node === undefined || isFunctionDeclaration(node)) {
    const signatures = nodes.filter(isFunctionDeclaration);
    // Of overloads, the one with the body is nobody's to call.
    const callable = signatures.length < 2 ? signatures : signatures.filter(({ body }) => body === undefined);
    return { kind: "function", text: callable.map(ofFunction).join("\n") };
  }
  if (isClassDeclaration(node)) return { kind: "class", text: ofClass(node) };
  if (isVariableDeclaration(node)) return { kind: "value", text: ofVariable(node) };
  return { kind: "type", text: nodes.map((each) => declared(textBetween(each, each.pos, each.end))).join("\n") };
}

/** Where a declaration names types: what stands in a body or a value is not meant. */
export function typeNames(node: Node): readonly Node[] {
  const found: Node[] = [];
  const visit = (each: Node): void => {
    if (isTypeReferenceNode(each)) found.push(each.typeName);
    if (isTypeQueryNode(each)) found.push(each.exprName);
    if (isExpressionWithTypeArguments(each)) found.push(each.expression);
    if (isPrivateMember(each)) return;
    const skipped = new Set<Node | undefined>([bodyOf(each), valueOf(each)]);
    each.forEachChild((child) => {
      if (!skipped.has(child)) visit(child);
    });
  };
  visit(node);
  return found;
}

function bodyOf(node: Node): Node | undefined {
  return isFunctionDeclaration(node) ||
    isMethodDeclaration(node) ||
    isConstructorDeclaration(node) ||
    isGetAccessorDeclaration(node)
    ? node.body
    : undefined;
}

function valueOf(node: Node): Node | undefined {
  return (isVariableDeclaration(node) || isPropertyDeclaration(node)) && node.type !== undefined ? node.initializer : undefined;
}

function ofFunction(node: FunctionDeclaration): string {
  return declared(textBetween(node, node.pos, node.body?.pos ?? node.end)).replace(/^async /, "");
}

function ofClass(node: ClassDeclaration): string {
  const members = node.members
    .filter((member) => !isPrivateMember(member))
    .map((member) => memberText(member).replace(/^\n+/, "\n").trimEnd());
  return `${declared(textBetween(node, node.pos, node.members.pos))}${members.join("")}\n}`;
}

function ofVariable(node: VariableDeclaration): string {
  const end = node.type?.end ?? node.initializer?.end ?? node.end;
  return `const ${textBetween(node, node.pos, end).trim()}`;
}

/** A member that is private. */
function isPrivateMember(node: Node): boolean {
  if (isClassStaticBlockDeclaration(node)) return true;
  if (!isPropertyDeclaration(node) && !isMethodDeclaration(node) && !isGetAccessorDeclaration(node)) return false;
  return /^(?:(?:readonly|static|async|get|set) )*(?:#|private )/.test(bare(textBetween(node, node.pos, node.end)));
}

function memberText(member: ClassElement): string {
  if (isPropertyDeclaration(member)) {
    // What has no type written says it by its value.
    return `${textBetween(member, member.pos, member.type?.end ?? member.initializer?.end ?? member.end)};`;
  }
  const body = bodyOf(member);
  return body === undefined
    ? textBetween(member, member.pos, member.end)
    : `${textBetween(member, member.pos, body.pos).trimEnd()};`;
}

function textBetween(node: Node, start: number, end: number): string {
  return node.getSourceFile().text.slice(start, end);
}

function declared(text: string): string {
  return bare(text)
    .replace(/^export /, "")
    .trim();
}

/** Without the comments before it: the docstring stands by itself. */
function bare(text: string): string {
  return text.replace(/^(?:\s+|\/\*[^]*?\*\/|\/\/.*\n)*/, "");
}
