import { describe, expect, it } from 'vitest';
import { ownAppImage, ownFile, ownPortableExe } from '../../../electron/main/own-file.ts';

const image = { APPIMAGE: '/home/me/Evenkeel.AppImage', APPDIR: '/tmp/.mount_Evenk' };
const portable = { PORTABLE_EXECUTABLE_FILE: 'D:\\stick\\balancer.exe', PORTABLE_EXECUTABLE_APP_FILENAME: 'Evenkeel' };
const unpacked = 'C:\\Users\\me\\AppData\\Local\\Temp\\2x7\\Evenkeel.exe';

describe('the file this program is started from', () => {
  it('is never that of another program: what is inherited from its AppImage is not ours', () => {
    expect(ownAppImage(image, '/tmp/.mount_Evenk/evenkeel')).toBe('/home/me/Evenkeel.AppImage');
    expect(ownAppImage(image, '/tmp/.mount_Evenkeel2/evenkeel')).toBeUndefined();
    expect(ownAppImage(image, '/usr/bin/evenkeel')).toBeUndefined();
    expect(ownAppImage({ ...image, APPIMAGE: 'Evenkeel.AppImage' }, '/tmp/.mount_Evenk/evenkeel')).toBeUndefined();
    expect(ownAppImage({ APPIMAGE: image.APPIMAGE }, '/tmp/.mount_Evenk/evenkeel')).toBeUndefined();
  });

  it('is nor that of another portable exe', () => {
    expect(ownPortableExe(portable, unpacked)).toBe('D:\\stick\\balancer.exe');
    // Named after the package where the product's name has characters that installers shun.
    expect(ownPortableExe({ ...portable, PORTABLE_EXECUTABLE_APP_FILENAME: 'evenkeel' }, unpacked)).toBe('D:\\stick\\balancer.exe');
    expect(ownPortableExe({ ...portable, PORTABLE_EXECUTABLE_APP_FILENAME: 'Other' }, unpacked)).toBeUndefined();
    expect(ownPortableExe({ PORTABLE_EXECUTABLE_FILE: 'D:\\other.exe' }, unpacked)).toBeUndefined();
  });

  it('outlives this run: not what an AppImage or a portable exe was unpacked to', () => {
    expect(ownFile(image, '/tmp/.mount_Evenk/evenkeel')).toBe('/home/me/Evenkeel.AppImage');
    expect(ownFile(portable, unpacked)).toBe('D:\\stick\\balancer.exe');
    expect(ownFile({}, '/opt/Evenkeel/evenkeel')).toBe('/opt/Evenkeel/evenkeel');
  });
});
