/** What makes a file risky by its name's ending or its real type, with the reason that people read. */

export const RISK_CODES = {
  executable: 'a program that runs when it is opened',
  script: 'a script that runs when it is opened',
  installer: 'installs programs when it is opened',
  shortcut: 'a link that starts what it names when it is opened',
  'disk-image': 'is mounted as a drive, whose files carry no mark of where they come from',
  settings: 'changes the settings of a computer, or connects it elsewhere, when it is opened',
  macro: 'carries macros',
  'embedded-object': 'carries an object that another program opens',
  'external-content': 'fetches what it shows or runs from elsewhere',
  'active-content': 'carries active content, such as scripts',
  formula: 'carries a formula that starts a program',
  'double-extension': 'its name shows another ending than the one that counts',
  'hidden-name': 'its name is written so that it reads as another',
  'unsafe-path': 'would be unpacked outside of its folder',
  'type-mismatch': 'is of another kind than its name or declared type say',
  polyglot: 'is of two kinds at once',
  'hidden-data': 'holds bytes that its directory does not list, or lists some twice',
  'archive-bomb': 'unpacks to more than is read',
  'archive-depth': 'is nested deeper than is read',
} as const;

export type RiskCode = keyof typeof RISK_CODES;

type Rows = Readonly<Partial<Record<RiskCode, string>>>;

/** Endings of names, lower-case, without the dot. */
const EXTENSIONS: Rows = {
  executable:
    'exe com scr pif cpl dll ocx sys drv efi xll wll ppam ppa xla xlam jar class elf so dylib run out app command o ko wasm apk ipa xap gadget',
  script:
    'bat cmd btm ps1 ps1xml ps2 psc1 psd1 psm1 cdxml vb vbs vbe vbscript js jse mjs cjs ws wsf wsc wsh sct hta sh bash zsh csh ksh fish py pyc pyw pyz rb pl php phar lua tcl applescript scpt osx jnlp au3 ahk kix nsh a3x',
  installer: 'msi msix msixbundle msp mst appx appxbundle appinstaller application deb rpm pkg mpkg',
  shortcut:
    'lnk url webloc inetloc fileloc desktop scf library-ms search-ms searchconnector-ms appref-ms website mad maf mag mam maq mar mas mat mav maw',
  'disk-image': 'iso img vhd vhdx vmdk dmg udf nrg cue toast sparseimage wim',
  settings:
    'reg inf ins isp settingcontent-ms rdp rdg theme themepack deskthemepack msc diagcab diagcfg iqy oqy rqy odc slk prf ovpn mobileconfig osdx wcx pcd printerexport udl',
  macro: 'docm dotm xlsm xltm xlsb pptm potm ppsm sldm',
  'active-content': 'html htm xhtml xht shtml mht mhtml svg svgz chm hlp one onepkg onetoc2 swf hwp xsl xslt',
};

/** Real types, as the bytes show them. */
const TYPES: Rows = {
  executable:
    'application/x-msdownload application/x-elf application/x-mach-binary application/java-vm application/java-archive application/vnd.android.package-archive application/wasm application/x-dex',
  script: 'text/x-shellscript application/x-httpd-php',
  installer: 'application/x-msi application/x-deb application/x-rpm application/x-xar',
  shortcut: 'application/x-ms-shortcut application/x-ft-apple.alias',
  'disk-image':
    'application/x-iso9660-image application/x-udf-image application/x-raw-disk-image application/x-vhd application/x-vhdx application/x-apple-diskimage application/x-ms-wim application/x-vmdk',
  'active-content':
    'application/vnd.ms-htmlhelp application/onenote application/x-shockwave-flash application/x-chrome-extension',
  macro: 'application/vnd.ms-excel.sheet.binary.macroenabled.12',
};

const byExtension = rowsOf(EXTENSIONS);
const byType = rowsOf(TYPES);

/** The risk of a name's ending, in lower case without the dot. */
export function riskOfExtension(extension: string): RiskCode | undefined {
  return byExtension.get(extension);
}

export function riskOfType(type: string): RiskCode | undefined {
  return byType.get(type);
}

function rowsOf(rows: Rows): ReadonlyMap<string, RiskCode> {
  return new Map(
    Object.entries(rows).flatMap(([code, names]) =>
      names.split(' ').map((name): [string, RiskCode] => [name, code as RiskCode]),
    ),
  );
}
