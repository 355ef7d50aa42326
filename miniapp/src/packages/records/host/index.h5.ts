import type { RecordsHost } from './contract';
import { taroCopy } from './taro-host';

/** The page may have a clipboard of its own; older web views have Taro's way only. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return taroCopy(text);
  }
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
}

export const host = {
  fileWay: 'save',
  handOver: ({ name, text }) => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
    save(url, name);
    // Some browsers read it a moment later.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return Promise.resolve(true);
  },
  sharePicture: (canvas, name) => {
    if (!(canvas instanceof HTMLCanvasElement)) return Promise.resolve(false);
    save(canvas.toDataURL('image/png'), name);
    return Promise.resolve(true);
  },
  copy,
  share:
    typeof navigator.share === 'function'
      ? (text) =>
          navigator.share({ text }).then(
            () => true,
            () => false,
          )
      : undefined,
} satisfies RecordsHost;
