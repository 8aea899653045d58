/** What one turn of one lane gave. */
export interface Turn {
  /** By the second: answers, rows, whatever the race is about. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time for each; NaN where the system does not tell. */
  readonly cpu: number;
}

export interface Lane {
  readonly name: string;
  /** One turn of about so many milliseconds. */
  run(milliseconds: number): Promise<Turn>;
}

/** How one lane is held against another: as a share of its rate. */
export interface Comparison {
  readonly of: string;
  readonly to: string;
  /** The least share that is good enough; undefined where there is no budget and the figure is told for what it is worth. */
  readonly atLeast?: number;
}

export interface Race {
  readonly title: string;
  readonly lanes: readonly Lane[];
  readonly comparisons: readonly Comparison[];
}

export interface RaceResult extends Race {
  /** By lane, in the order of the rounds. */
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
}

export interface RaceOptions {
  readonly rounds: number;
  readonly milliseconds: number;
}

/**
 * Runs all lanes in turn, round after round, so that whatever else the machine does meets all of them alike; a turn of each
 * comes before and is not counted.
 */
export async function runRace(race: Race, { rounds, milliseconds }: RaceOptions): Promise<RaceResult> {
  const turns = new Map<string, Turn[]>(race.lanes.map(({ name }) => [name, []]));
  for (const lane of race.lanes) await lane.run(milliseconds);
  for (let round = 0; round < rounds; round++) {
    for (const lane of race.lanes) turns.get(lane.name)?.push(await lane.run(milliseconds));
  }
  return { ...race, turns };
}

/** The share in each round: both turns of a round ran one soon after the other. */
export function shares({ turns }: RaceResult, { of, to }: Comparison): readonly number[] {
  const base = turns.get(to) ?? [];
  return (turns.get(of) ?? []).map(({ rate }, round) => rate / (base[round]?.rate ?? Number.NaN));
}

/** The same by the processor time that each answer took: whatever else the machine is doing hardly changes it. */
export function cpuShares({ turns }: RaceResult, { of, to }: Comparison): readonly number[] {
  const base = turns.get(to) ?? [];
  return (turns.get(of) ?? []).map(({ cpu }, round) => (base[round]?.cpu ?? Number.NaN) / cpu);
}
