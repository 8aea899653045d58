import type { AnomalyName } from "../checker/anomalies.ts";

/** Histories made by hand: what was seen, and all that the checker must find in it. */
export interface KnownHistory {
  readonly title: string;
  readonly history: string;
  readonly anomalies: readonly AnomalyName[];
}

export const badHistories: readonly KnownHistory[] = [
  {
    title: "a value from nowhere",
    history: `
      0-1 x+1
      2-3 x=[1,9]`,
    anomalies: ["garbage-read"],
  },
  {
    title: "a request that was repeated and counted twice",
    history: `
      0-1 x+1
      2-3 x=[1,1]`,
    anomalies: ["duplicate"],
  },
  {
    title: "a transaction that does not see its own append",
    history: `
      0-1 x+1 x=[]
      2-3 x=[1]`,
    anomalies: ["internal"],
  },
  {
    title: "a transaction that reads one list twice and differently",
    history: `
      0-9 x=[] x=[1]
      1-2 x+1`,
    anomalies: ["internal", "G-single"],
  },
  {
    title: "two reads that disagree on the order",
    history: `
      0-9 x+1
      0-9 x+2
      10-11 x=[1,2]
      12-13 x=[2,1]`,
    anomalies: ["incompatible-order"],
  },
  {
    title: "two appends of one transaction that stand the other way round",
    history: `
      0-1 x+1 x+2
      2-3 x+3
      4-5 x=[2,1,3]`,
    anomalies: ["incompatible-order"],
  },
  {
    title: "an aborted transaction's append that is read",
    history: `
      0-9 aborted x+1
      1-2 x=[1]`,
    anomalies: ["G1a"],
  },
  {
    title: "an aborted transaction's append that somebody appended to",
    history: `
      0-3 aborted x+1
      4-5 x+2
      6-7 x=[1,2]`,
    anomalies: ["G1a"],
  },
  {
    title: "a part of a transaction that was undone and is there all the same",
    history: `
      0-1 x+1! y+2
      2-3 x=[1] y=[2]`,
    anomalies: ["G1a"],
  },
  {
    title: "a list between two appends of one transaction",
    history: `
      0-9 x+1 x+2
      1-2 x=[1]
      10-11 x=[1,2]`,
    anomalies: ["G1b", "G-single"],
  },
  {
    title: "appends of two transactions that lie between each other's",
    history: `
      0-9 x+1 x+3
      0-9 x+2
      10-11 x=[1,2,3]`,
    anomalies: ["G0"],
  },
  {
    title: "two transactions, each first on one list",
    history: `
      0-9 x+1 y+1
      0-9 x+2 y+2
      10-11 x=[1,2] y=[2,1]`,
    anomalies: ["G0"],
  },
  {
    title: "two transactions that each read what the other wrote",
    history: `
      0-9 x+1 y=[2]
      0-9 y+2 x=[1]
      10-11 x=[1] y=[2]`,
    anomalies: ["G1c"],
  },
  {
    title: "one half of a transaction, and not the other",
    history: `
      0-9 x+1 y+2
      0-9 x=[1] y=[]
      10-11 x=[1] y=[2]`,
    anomalies: ["G-single"],
  },
  {
    title: "a query of two statements, and a transfer between them",
    history: `
      0-1 p:=10@1 q:=20@1
      2-9 p==10@1 q==21@2
      3-4 p==10@1 q==20@1 p:=11@2 q:=21@2`,
    anomalies: ["G-single"],
  },
  {
    title: "two transactions that each miss what the other appended",
    history: `
      0-9 x=[] y+1
      0-9 y=[] x+2
      10-11 x=[2] y=[1]`,
    anomalies: ["G2"],
  },
  {
    title: "two readers that see two writers in different orders",
    history: `
      0-9 x+1
      0-9 y+2
      0-9 x=[1] y=[]
      0-9 x=[] y=[2]
      10-11 x=[1] y=[2]`,
    anomalies: ["G2"],
  },
  {
    title: "two that count and then append the next",
    history: `
      0-1 x+1
      2-9 x=[1] x+2
      2-9 x=[1] x+3
      10-11 x=[1,2,3]`,
    anomalies: ["lost-update", "G-single"],
  },
  {
    title: "a register that two read before both wrote it",
    history: `
      0-1 p:=1@1
      2-9 p==1@1 p:=2@2
      2-9 p==1@1 p:=3@3
      10-11 p==3@3`,
    anomalies: ["lost-update", "G-single"],
  },
  {
    title: "two writes that were both given the same version",
    history: `
      0-9 p:=1@1
      0-9 p:=2@1
      10-11 p==2@1`,
    anomalies: ["incompatible-order"],
  },
  {
    title: "an acknowledged append that is gone",
    history: `
      0-1 x+1
      2-3 x=[]`,
    anomalies: ["lost-write", "stale-read"],
  },
  {
    title: "a list as it was before an acknowledged append",
    history: `
      0-1 x+1
      2-3 x=[]
      4-5 x=[1]`,
    anomalies: ["stale-read"],
  },
  {
    title: "a register as it was before an acknowledged write",
    history: `
      0-1 p:=1@1
      2-3 p:=2@2
      4-5 p==1@1`,
    anomalies: ["stale-read"],
  },
  {
    title: "a list that first has and then has not what somebody is writing",
    history: `
      0-? x+1
      1-2 x=[1]
      3-4 x=[]`,
    anomalies: ["stale-read"],
  },
  {
    title: "a half of what a client did without ever hearing of it",
    history: `
      0-? x+1 y+2
      3-4 x=[1] y=[]`,
    anomalies: ["G-single"],
  },
  {
    title: "a read of what nobody had yet asked to write",
    history: `
      0-1 x=[1]
      2-3 x+1`,
    anomalies: ["real-time"],
  },
  {
    title: "appends in the order opposite to that of their answers",
    history: `
      0-1 x+1
      2-3 x+2
      4-5 x=[2,1]`,
    anomalies: ["real-time"],
  },
  {
    title: "write skew that only shows by the time of a third",
    history: `
      0-9 x+1
      1-2 x=[1] y=[]
      3-4 y+2
      5-6 x=[] y=[2]`,
    anomalies: ["G2"],
  },
];

export const goodHistories: readonly KnownHistory[] = [
  {
    title: "one after another",
    history: `
      0-1 x=[] x+1
      2-3 x=[1] x+2
      4-5 x=[1,2]`,
  },
  {
    title: "at once, in the order opposite to that of the asking",
    history: `
      0-9 x+1 y=[2]
      1-8 x=[] y+2
      10-11 x=[1] y=[2]`,
  },
  {
    title: "a read at the time of a write sees it or does not",
    history: `
      0-9 x+1
      1-5 x=[]
      1-5 x=[1]
      2-6 x=[1]`,
  },
  {
    title: "aborted and undone, and never seen",
    history: `
      0-1 aborted x+1 y+1
      0-3 x+2! x+3 x=[3]
      4-5 x=[3] y=[]`,
  },
  {
    title: "a client that never heard, and whose write came late",
    history: `
      0-? x+1
      1-2 x=[]
      3-4 x=[1]`,
  },
  {
    title: "a client that never heard, and whose write never came",
    history: `
      0-? x+1 p:=3
      1-2 x=[] p==null@0
      3-4 x=[] p==null@0`,
  },
  {
    title: "registers, with versions that nobody read",
    history: `
      0-1 p==null@0 p:=1@1
      2-3 p:=2@2
      4-? p:=3
      5-6 p==2@2
      7-8 p:=4@4 p==4@4
      9-10 p==4@4`,
  },
  {
    title: "several appends of one transaction, seen together",
    history: `
      0-9 x+1 x+2 x=[1,2] x+3
      1-8 x=[]
      1-8 x=[1,2,3]`,
  },
].map((known) => ({ ...known, anomalies: [] }));
