import { HubError } from './hub-error.js';
import { accountNameFault, chosenAccountNameFault, repoNameFault } from './name-fault.js';

/** @throws HubError BadRequest */
export function checkRepoName(name: string): void {
  refuse(name, repoNameFault(name));
}

/** @throws HubError BadRequest */
export function checkAccountName(name: string): void {
  refuse(name, accountNameFault(name));
}

/**
 * Checks the name of an account that a user creates. Unlike administrators, users cannot use names of the operator.
 * @throws HubError BadRequest
 */
export function checkChosenAccountName(name: string): void {
  refuse(name, chosenAccountNameFault(name));
}

function refuse(name: string, fault: string | undefined): void {
  if (fault) throw new HubError('BadRequest', `Invalid name ${JSON.stringify(name.slice(0, 200))}: ${fault}`);
}
