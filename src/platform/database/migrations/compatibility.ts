/** A migration that declares whether the release before it may run with it. */
interface HubMigration {
  readonly name: string;
  /**
   * Whether the previous release works with the changed schema: the migration only adds, and everything that the previous release writes is still valid. A change
   * that needs more takes two releases: the first one adds the new form and stops using the old one, the second one removes it.
   */
  readonly previousMayRun: boolean;
}

/** The published releases with the time of their last migration, oldest first. Add each release before the first migration after it. */
export const RELEASES: readonly { readonly version: string; readonly schema: number }[] = [
  { version: '0.1.0', schema: 1768014000000 },
];

/** The migrations since the first release. */
export const DECLARED: readonly HubMigration[] = [
  { name: 'KeptSums1768020000000', previousMayRun: true },
  { name: 'AdministrationLists1768020001000', previousMayRun: true },
  { name: 'Collections1768020002000', previousMayRun: true },
  { name: 'ContentCache1768100000000', previousMayRun: true },
  { name: 'OwnerLists1768100001000', previousMayRun: true },
  { name: 'DeliveryRules1768200000000', previousMayRun: true },
  { name: 'HeldFiles1768200001000', previousMayRun: true },
  { name: 'SourceBandwidth1768300000000', previousMayRun: true },
  { name: 'KeptAnswers1768400000000', previousMayRun: true },
  { name: 'Prefetch1768500000000', previousMayRun: true },
  { name: 'SourceXet1768600000000', previousMayRun: true },
  { name: 'HeldSourceUrls1768700000000', previousMayRun: true },
  { name: 'XetParts1768800000000', previousMayRun: true },
  { name: 'DeviceLogins1768900100000', previousMayRun: true },
  { name: 'Likes1768900200000', previousMayRun: true },
  { name: 'AccessRequests1768900300000', previousMayRun: true },
  { name: 'ModelFacts1769000000000', previousMayRun: true },
  { name: 'TokenScopes1769120000000', previousMayRun: true },
  { name: 'Workloads1769130000000', previousMayRun: true },
  { name: 'AuditLog1769200000000', previousMayRun: true },
  { name: 'Usage1769200001000', previousMayRun: true },
  { name: 'ExternalSignIn1769300000000', previousMayRun: true },
  { name: 'Webhooks1769400000000', previousMayRun: true },
  { name: 'Invitations1769500000000', previousMayRun: true },
  { name: 'GateFields1769600000000', previousMayRun: true },
  { name: 'RedactPersons1769610000000', previousMayRun: true },
  { name: 'ModelParameters1769700000000', previousMayRun: true },
  { name: 'CardTexts1769710000000', previousMayRun: true },
];

const TIME_DIGITS = 13;

/** The time in the name of a migration, in milliseconds. */
export const timeOf = (name: string): number => Number(name.slice(-TIME_DIGITS));

/** The last migration that a program must have to run with this one: that of the release before, or this one. */
function oldestProgram({ name, previousMayRun }: HubMigration): number {
  const time = timeOf(name);
  const previous = RELEASES.findLast(({ schema }) => schema < time);
  return previousMayRun && previous ? previous.schema : time;
}

/** The last migration that a program must have to run with the schema of this program. */
export const oldestProgramOf = (migrations: readonly HubMigration[]): number =>
  Math.max(0, ...migrations.map(oldestProgram));
