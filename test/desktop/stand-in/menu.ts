interface Item {
  id?: string;
  label?: string;
  role?: string;
  click?: () => void;
  submenu?: Item[] | Menu;
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: Item[];

  constructor(items: Item[] = []) {
    this.items = items;
  }
  static buildFromTemplate(template: Item[]): Menu {
    return new Menu(
      template.map((item) => (Array.isArray(item.submenu) ? { ...item, submenu: Menu.buildFromTemplate(item.submenu) } : item)),
    );
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}
