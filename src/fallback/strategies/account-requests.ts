import type { AccountListOperation, ProfileOperation } from '../../domain/operation.js';

/** Path segments of an account, in the dialects of huggingface.co and KohakuHub alike. */
export function accountSegments(operation: ProfileOperation | AccountListOperation): string[] {
  const isUser = operation.kind === 'accountList' ? operation.owner === 'user' : operation.kind === 'userProfile';
  return ['api', isUser ? 'users' : 'organizations', operation.name];
}
