/**
 * Copies text to the clipboard.
 * @param within - element of the page that may have the focus, such as an open dialog
 */
export async function copyText(text: string, within: Element): Promise<void> {
  // Browsers have the clipboard API only with https and on localhost.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const isCopied = await clipboard?.writeText(text).then(
    () => true,
    () => false, // not permitted
  );
  if (isCopied) return;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.cssText = 'position: fixed; opacity: 0';
  const focused = document.activeElement;
  within.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
}
