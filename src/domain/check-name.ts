import { HubError } from './hub-error.js';
import { accountNameProblem, chosenAccountNameProblem, repoNameProblem } from './name-problem.js';

/** @throws HubError BadRequest */
export function checkRepoName(name: string): void {
  refuse(name, repoNameProblem(name));
}

/** @throws HubError BadRequest */
export function checkAccountName(name: string): void {
  refuse(name, accountNameProblem(name));
}

/**
 * Checks the name of an account that a user creates. Unlike administrators, users cannot use names of the operator.
 * @throws HubError BadRequest
 */
export function checkChosenAccountName(name: string): void {
  refuse(name, chosenAccountNameProblem(name));
}

function refuse(name: string, problem: string | undefined): void {
  if (problem) throw new HubError('BadRequest', `Invalid name ${JSON.stringify(name.slice(0, 200))}: ${problem}.`);
}
