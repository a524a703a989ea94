import { InitialSchema1767225600000 } from './1767225600000-initial-schema.js';
import { HubOfItsOwn1767312000000 } from './1767312000000-hub-of-its-own.js';
import { Xet1767398400000 } from './1767398400000-xet.js';
import { Search1767484800000 } from './1767484800000-search.js';
import { ReservedAccounts1767571200000 } from './1767571200000-reserved-accounts.js';
import { DisabledRepositories1767657600000 } from './1767657600000-disabled-repositories.js';
import { LostHistory1767744000000 } from './1767744000000-lost-history.js';
import { DirectUploads1767830400000 } from './1767830400000-direct-uploads.js';
import { AnnotatedTags1768003200000 } from './1768003200000-annotated-tags.js';
import { NameChecks1768006800000 } from './1768006800000-name-checks.js';
import { SourceCredentials1768010400000 } from './1768010400000-source-credentials.js';
import { Quotas1768014000000 } from './1768014000000-quotas.js';
import { KeptSums1768020000000 } from './1768020000000-kept-sums.js';
import { AdministrationLists1768020001000 } from './1768020001000-administration-lists.js';
import { Collections1768020002000 } from './1768020002000-collections.js';
import { ContentCache1768100000000 } from './1768100000000-content-cache.js';
import { OwnerLists1768100001000 } from './1768100001000-owner-lists.js';
import { DeliveryRules1768200000000 } from './1768200000000-delivery-rules.js';
import { HeldFiles1768200001000 } from './1768200001000-held-files.js';
import { SourceBandwidth1768300000000 } from './1768300000000-source-bandwidth.js';
import { KeptAnswers1768400000000 } from './1768400000000-kept-answers.js';
import { Prefetch1768500000000 } from './1768500000000-prefetch.js';
import { SourceXet1768600000000 } from './1768600000000-source-xet.js';
import { HeldSourceUrls1768700000000 } from './1768700000000-held-source-urls.js';
import { XetParts1768800000000 } from './1768800000000-xet-parts.js';
import { DeviceLogins1768900100000 } from './1768900100000-device-logins.js';
import { Likes1768900200000 } from './1768900200000-likes.js';
import { AccessRequests1768900300000 } from './1768900300000-access-requests.js';
import { ModelFacts1769000000000 } from './1769000000000-model-facts.js';
import { TokenScopes1769120000000 } from './1769120000000-token-scopes.js';
import { Workloads1769130000000 } from './1769130000000-workloads.js';
import { AuditLog1769200000000 } from './1769200000000-audit-log.js';
import { Usage1769200001000 } from './1769200001000-usage.js';
import { ExternalSignIn1769300000000 } from './1769300000000-external-sign-in.js';
import { GateFields1769600000000 } from './1769600000000-gate-fields.js';
import { Webhooks1769400000000 } from './1769400000000-webhooks.js';
import { Invitations1769500000000 } from './1769500000000-invitations.js';
import { RedactPersons1769610000000 } from './1769610000000-redact-persons.js';
import { ModelParameters1769700000000 } from './1769700000000-model-parameters.js';
import { CardTexts1769710000000 } from './1769710000000-card-texts.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [
  InitialSchema1767225600000,
  HubOfItsOwn1767312000000,
  Xet1767398400000,
  Search1767484800000,
  ReservedAccounts1767571200000,
  DisabledRepositories1767657600000,
  LostHistory1767744000000,
  DirectUploads1767830400000,
  AnnotatedTags1768003200000,
  NameChecks1768006800000,
  SourceCredentials1768010400000,
  Quotas1768014000000,
  KeptSums1768020000000,
  AdministrationLists1768020001000,
  Collections1768020002000,
  ContentCache1768100000000,
  OwnerLists1768100001000,
  DeliveryRules1768200000000,
  HeldFiles1768200001000,
  SourceBandwidth1768300000000,
  KeptAnswers1768400000000,
  Prefetch1768500000000,
  SourceXet1768600000000,
  HeldSourceUrls1768700000000,
  XetParts1768800000000,
  DeviceLogins1768900100000,
  Likes1768900200000,
  AccessRequests1768900300000,
  ModelFacts1769000000000,
  TokenScopes1769120000000,
  Workloads1769130000000,
  AuditLog1769200000000,
  Usage1769200001000,
  ExternalSignIn1769300000000,
  Webhooks1769400000000,
  Invitations1769500000000,
  GateFields1769600000000,
  RedactPersons1769610000000,
  ModelParameters1769700000000,
  CardTexts1769710000000,
];
