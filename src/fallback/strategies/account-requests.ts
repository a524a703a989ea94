import type { AccountListOperation, ProfileOperation } from '../../domain/operation.js';

/** Path segments of an account, which are the same on huggingface.co and KohakuHub. */
export function accountSegments(operation: ProfileOperation | AccountListOperation): string[] {
  const isUser = operation.kind === 'accountList' ? operation.owner === 'user' : operation.kind === 'userProfile';
  return ['api', isUser ? 'users' : 'organizations', operation.name];
}
