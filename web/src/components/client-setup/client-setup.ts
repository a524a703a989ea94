import { ref } from 'vue';
import type { RepoName } from '@/api/repositories';

/** The repository that the lines name. */
export interface SetupTarget {
  readonly repo: RepoName;
  /** Whether the lines upload to it instead of downloading it. */
  readonly uploads?: boolean;
}

export const isClientSetupOpen = ref(false);
export const clientSetupTarget = ref<SetupTarget>();

/**
 * Opens the dialog that shows how a client uses this hub.
 *
 * @param target - repository in its lines; examples if it is missing
 */
export function openClientSetup(target?: SetupTarget): void {
  clientSetupTarget.value = target;
  isClientSetupOpen.value = true;
}
