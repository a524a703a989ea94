import { ref } from 'vue';
import type { RepoName } from '@/api/repositories';

/** Whether the dialog is open, and the repository that its lines name. */
export const isClientSetupOpen = ref(false);
export const clientSetupRepo = ref<RepoName>();

/**
 * Opens the dialog that shows how a client uses this hub.
 *
 * @param repo - repository in its lines; an example if it is missing
 */
export function openClientSetup(repo?: RepoName): void {
  clientSetupRepo.value = repo;
  isClientSetupOpen.value = true;
}
