/** The plugin ships no types. */
declare module 'markdown-it-task-lists' {
  import type { PluginWithOptions } from 'markdown-it';

  const tasks: PluginWithOptions<{ readonly label?: boolean }>;
  export default tasks;
}
