/** The outcome of a request as far as rights decide it. `hidden`: as if the repository did not exist. `open`: any other reply. */
export type Outcome = 'open' | '401' | '403' | 'hidden';

/** A caller of the matrix: facts about its account, and about its credential. */
export interface Caller {
  /** Whether the credential is valid. */
  readonly isValid: boolean;
  readonly hasAccount: boolean;
  readonly hasSession: boolean;
  /** Role in the organization that owns the repositories. */
  readonly role: 'admin' | 'write' | 'read' | undefined;
  /** Permissions of the credential: everything, everything that reads, or single ones. */
  readonly credential: 'write' | 'read' | Permissions;
  /** Whether the account is the one in the URLs of user settings. */
  readonly isOwner?: boolean;
  readonly isAdministrator?: boolean;
  readonly isServiceAccount?: boolean;
}

/** Permissions of a fine-grained token. */
export interface Permissions {
  readonly repository?: readonly string[];
  /** For another repository of the organization. */
  readonly sibling?: readonly string[];
  readonly organization?: readonly string[];
  readonly own?: readonly string[];
  readonly global?: readonly string[];
}

type Where = keyof Permissions;

/** Permissions for an organization include its repositories. */
const LEVELS: Readonly<Record<Where, readonly Where[]>> = {
  repository: ['repository', 'organization'],
  sibling: ['sibling', 'organization'],
  organization: ['organization'],
  own: ['own'],
  global: ['global'],
};

const INCLUDED: Readonly<Record<string, string>> = {
  'repo.content.read': 'repo.write',
  'repo.access.read': 'repo.write',
  'org.read': 'org.write',
  'user.webhooks.read': 'user.webhooks.write',
};

function has({ credential }: Caller, permission: string, where: Where): boolean {
  if (credential === 'write') return true;
  if (credential === 'read') return permission.endsWith('.read');
  const given = LEVELS[where].flatMap((level) => credential[level] ?? []);
  return given.includes(permission) || given.includes(INCLUDED[permission] ?? '');
}

const writesSomething = ({ credential }: Caller): boolean =>
  typeof credential === 'string'
    ? credential === 'write'
    : Object.values(credential).some((list: readonly string[]) => list.some((name) => /\.(?:write|admin)$/.test(name)));

type Step = (caller: Caller) => Outcome;

/** The first step that refuses decides. */
const inOrder =
  (...steps: readonly Step[]): Step =>
  (caller) =>
    steps.map((step) => step(caller)).find((outcome) => outcome !== 'open') ?? 'open';

const when =
  (isAllowed: (caller: Caller) => boolean, refused: Outcome): Step =>
  (caller) =>
    isAllowed(caller) ? 'open' : refused;

const open: Step = () => 'open';
const missing: Step = () => 'hidden';
const account = when(({ hasAccount }) => hasAccount, '401');
const writer = inOrder(account, when(writesSomething, '403'));
const session = inOrder(
  account,
  when(({ hasSession }) => hasSession, '403'),
);
const isMember = ({ role }: Caller): boolean => role !== undefined;
const isWriter = ({ role }: Caller): boolean => role === 'write' || role === 'admin';
const isAdmin = ({ role }: Caller): boolean => role === 'admin';
const may = (permission: string, where: Where): Step => when((caller) => has(caller, permission, where), '403');
const full = inOrder(
  writer,
  when(({ credential }) => credential === 'write', '403'),
);
const readable = when((caller) => isMember(caller) && has(caller, 'repo.content.read', 'repository'), 'hidden');
const write = inOrder(writer, readable, when(isWriter, '403'), may('repo.write', 'repository'));
const administer = inOrder(writer, readable, when(isAdmin, '403'), may('repo.write', 'repository'));
const create = inOrder(when(isWriter, '403'), may('repo.write', 'organization'));

/** Rights by name. */
export const RULES = {
  anyone: open,
  signOutElsewhere: session,
  signOut: open,
  metrics: open,
  registryToken: open,
  registry: account,
  link: () => '403',
  readRepository: readable,
  /** Programs sign in after status 401, so anonymous ones get it. */
  readOverGit: inOrder(account, readable),
  readWithAccount: inOrder(account, readable),
  listLargeFiles: inOrder(account, readable, when(isWriter, '403')),
  readAsWriter: inOrder(writer, readable),
  like: inOrder(writer, may('discussion.write', 'global'), readable),
  requestAccess: inOrder(full, readable),
  /** Requests have personal data, so tokens with the role `read` do not include them. */
  reviewRequests: inOrder(
    account,
    readable,
    when((caller) => isWriter(caller) && caller.credential !== 'read', '403'),
    may('repo.access.read', 'repository'),
  ),
  checkWrite: inOrder(readable, when(writesSomething, '403'), when(isWriter, '403'), may('repo.write', 'repository')),
  writeRepository: write,
  readUsage: inOrder(account, readable, when(isAdmin, '403'), may('repo.write', 'repository')),
  administerRepository: administer,
  /** The repository is not in the scope of any token, because it is deleted. */
  deleteSibling: inOrder(
    writer,
    when((caller) => isMember(caller) && has(caller, 'repo.content.read', 'organization'), 'hidden'),
    when(isAdmin, '403'),
    may('repo.write', 'organization'),
  ),
  createRepository: inOrder(writer, create),
  moveRepository: inOrder(administer, create),
  duplicateRepository: inOrder(writer, readable, create),
  managePublishers: inOrder(session, administer),
  account,
  likeOfMissing: inOrder(account, missing),
  likeMissing: inOrder(writer, may('discussion.write', 'global'), missing),
  duplicateMissing: inOrder(writer, missing),
  missingRepository: missing,
  missingFromRegistry: inOrder(account, missing),
  session,
  createOrganization: inOrder(
    full,
    when(({ isServiceAccount }) => isServiceAccount !== true, '403'),
  ),
  readOwnSettings: inOrder(
    account,
    when(({ isOwner, credential }) => isOwner === true && typeof credential === 'string', '403'),
  ),
  changeOwnSettings: inOrder(
    full,
    when(({ isOwner }) => isOwner === true, '403'),
  ),
  readWebhooks: inOrder(account, may('user.webhooks.read', 'own')),
  changeWebhooks: inOrder(writer, may('user.webhooks.write', 'own')),
  readOrganization: inOrder(account, when(isAdmin, '403'), may('org.read', 'organization')),
  readAuditLog: inOrder(account, when(isAdmin, '403'), may('org.read', 'organization')),
  changeOrganization: inOrder(writer, when(isAdmin, '403'), may('org.write', 'organization')),
  manageServiceAccounts: inOrder(session, when(isAdmin, '403')),
  ownStorage: inOrder(account, may('repo.content.read', 'own')),
  storage: inOrder(account, when(isMember, '403'), may('repo.content.read', 'organization')),
  administrator: inOrder(
    when(({ hasAccount, isAdministrator }) => hasAccount || isAdministrator === true, '401'),
    when(({ isAdministrator }) => isAdministrator === true, '403'),
  ),
} satisfies Record<string, Step>;

export type Rule = keyof typeof RULES;

/** Invalid credentials are refused everywhere, except where they are not read. */
export const expectedOutcome = (rule: Rule, caller: Caller): Outcome =>
  caller.isValid || rule === 'metrics' ? RULES[rule](caller) : '401';
