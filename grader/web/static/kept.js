// Entries that outlive the page, in the order in which they were made. A browser that keeps nothing has them until it leaves.
export class Kept {
  constructor(prefix, storage = localStorage) {
    this.prefix = prefix;
    this.storage = storage;
    this.memory = new Map();
  }

  all() {
    const keys = Object.keys(this.storage).filter((each) => each.startsWith(this.prefix));
    const found = [...keys.map((each) => JSON.parse(this.storage.getItem(each))), ...this.memory.values()];
    return found.sort((one, other) => one.made - other.made);
  }

  get(key) {
    const found = this.storage.getItem(this.prefix + key);
    return found === null ? (this.memory.get(key) ?? null) : JSON.parse(found);
  }

  set(entry) {
    try {
      this.storage.setItem(this.prefix + entry.key, JSON.stringify(entry));
      this.memory.delete(entry.key);
    } catch {
      // full, or switched off
      this.storage.removeItem(this.prefix + entry.key);
      this.memory.set(entry.key, entry);
    }
  }

  drop(key) {
    this.storage.removeItem(this.prefix + key);
    this.memory.delete(key);
  }
}
