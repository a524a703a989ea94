import { HubError } from './hub-error.js';
import { accountNameFault, repoNameFault } from './name-fault.js';

/** @throws HubError BadRequest */
export function checkRepoName(name: string): void {
  refuse(name, repoNameFault(name));
}

/** @throws HubError BadRequest */
export function checkAccountName(name: string): void {
  refuse(name, accountNameFault(name));
}

function refuse(name: string, fault: string | undefined): void {
  if (fault) throw new HubError('BadRequest', `Invalid name ${JSON.stringify(name.slice(0, 200))}: ${fault}`);
}
