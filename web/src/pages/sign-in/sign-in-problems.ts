import type { Schemas } from '@/api/client';

const SENTENCES: Readonly<Record<string, (provider: string) => string>> = {
  unavailable: (provider) =>
    `${provider} cannot be reached at the moment. Try again later, or use another way to sign in.`,
  rejected: (provider) =>
    `The reply of ${provider} could not be verified. Try again. If this happens again, contact the administrator.`,
  denied: (provider) => `${provider} did not sign you in. You may have canceled, or have no access to this hub there.`,
  expired: () => 'This sign-in has expired, or was started in another browser. Try again.',
  domain: (provider) => `Your account at ${provider} is not in an allowed domain. Sign in with another account.`,
  'email-not-verified': (provider) =>
    `Your e-mail address is not verified at ${provider}. Verify it there, and then sign in again.`,
  disabled: () => 'Your account on this hub is disabled. Contact the administrator.',
  'no-account': () => 'Your account on this hub could not be created now. Try again, or contact the administrator.',
  invitation: () => 'This invitation has expired, was revoked or was already used. Ask for a new one.',
  'linked-already': (provider) =>
    `Your account is already linked to another user of ${provider}. Unlink it first in Settings → Sign-in.`,
  'linked-elsewhere': (provider) =>
    `This account at ${provider} is already linked to another account on this hub. Unlink it there first.`,
  'other-account': () => 'You have signed out, or signed in as another user, before the account was linked. Try again.',
};

/** The sentence for a problem in the query of the page; undefined without a problem. */
export function signInProblem(
  code: unknown,
  provider: unknown,
  providers: readonly Schemas['SignInProviderDto'][],
): string | undefined {
  const name = providers.find(({ id }) => id === provider)?.name ?? 'The sign-in provider';
  return typeof code === 'string' && Object.hasOwn(SENTENCES, code) ? SENTENCES[code]!(name) : undefined;
}
