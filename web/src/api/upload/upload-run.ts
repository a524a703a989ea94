import { createCommit, type CommitResult } from '@/api/commits';
import { errorMessage } from '@/api/use-action';
import { FileHasher } from './file-hasher';
import { LfsUpload } from './lfs-upload';
import { FilesRejected, preuploadFiles } from './preupload';
import { runConcurrently } from './run-concurrently';
import { includedFiles, type UploadFile, type UploadState, type UploadTarget } from './upload-state';
import { withRetry } from './with-retry';

const CONCURRENT_FILES = 2;

/** One attempt to upload the selected files and commit them. Progress and errors of files are written to the state. */
export class UploadRun {
  /** @param lfsUploads unfinished LFS uploads by path; kept between attempts, so that they can be resumed */
  constructor(
    private readonly state: UploadState,
    private readonly target: UploadTarget,
    private readonly lfsUploads: Map<string, LfsUpload>,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<CommitResult> {
    await this.assignModes();
    await this.sendLfsFiles();
    this.state.phase = 'committing';
    return this.commit();
  }

  private pathInRepo({ path }: UploadFile): string {
    return this.target.folder ? `${this.target.folder}/${path}` : path;
  }

  private async assignModes(): Promise<void> {
    const { repo, branch } = this.target;
    const files = this.state.files.map((file) => ({ path: this.pathInRepo(file), content: file.content }));
    const modes = await preuploadFiles(repo, branch, files, this.signal).catch((error: unknown) => {
      if (error instanceof FilesRejected)
        for (const file of this.state.files) markFailed(file, error.reasons.get(this.pathInRepo(file)));
      throw error;
    });
    for (const file of this.state.files) {
      const { uploadMode, shouldIgnore } = modes.get(this.pathInRepo(file))!;
      file.mode = uploadMode;
      if (shouldIgnore) file.state = 'ignored';
    }
    if (!includedFiles(this.state).length) throw new Error('Nothing to upload: all files are excluded by .gitignore.');
  }

  private async sendLfsFiles(): Promise<void> {
    const hasher = new FileHasher();
    const stop = (): void => hasher.close();
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      const remaining = includedFiles(this.state).filter((file) => file.mode === 'lfs' && file.state !== 'ready');
      await runConcurrently(remaining, CONCURRENT_FILES, (file) => this.sendLfsFile(file, hasher));
    } finally {
      hasher.close();
      this.signal.removeEventListener('abort', stop);
    }
    const failed = this.state.files.filter((file) => file.state === 'failed').length;
    if (failed)
      throw new Error(failed === 1 ? '1 file could not be uploaded.' : `${failed} files could not be uploaded.`);
  }

  /** An error is recorded on the file and does not stop the others. */
  private async sendLfsFile(file: UploadFile, hasher: FileHasher): Promise<void> {
    const { lfsUploads, signal, target } = this;
    const onProgress = (bytes: number): void => void (file.done = bytes);
    try {
      file.state = 'hashing';
      file.oid ??= await hasher.sha256(file.content, onProgress);
      Object.assign(file, { state: 'sending', done: 0 });
      const upload = lfsUploads.get(file.path) ?? new LfsUpload(target.repo, { content: file.content, oid: file.oid });
      lfsUploads.set(file.path, upload);
      await upload.send({ onProgress, signal });
      Object.assign(file, { state: 'ready', done: file.content.size });
    } catch (error) {
      if (signal.aborted) throw error;
      markFailed(file, errorMessage(error));
    }
  }

  private commit(): Promise<CommitResult> {
    const { signal, state } = this;
    const { repo, branch, summary, description } = this.target;
    const files = includedFiles(state).map((file) => ({ ...file, path: this.pathInRepo(file) }));
    const regular = files.filter(({ mode }) => mode === 'regular');
    const bytes = regular.reduce((sum, { content }) => sum + content.size, 0);
    const request = {
      summary,
      description: description || undefined,
      files: regular,
      lfsFiles: files
        .filter(({ mode }) => mode === 'lfs')
        .map(({ path, oid, content }) => ({ path, oid: oid!, size: content.size })),
    };
    // Base64 encodes three bytes as four.
    const onProgress = (body: number): void => void (state.committed = Math.min(bytes, Math.floor((body * 3) / 4)));
    return withRetry(() => createCommit(repo, branch, request, { onProgress, signal }), signal);
  }
}

function markFailed(file: UploadFile, error: string | undefined): void {
  if (error !== undefined) Object.assign(file, { state: 'failed', error });
}
