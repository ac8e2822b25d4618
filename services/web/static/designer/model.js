// Reading and writing a diagram's words through the editor's commands, so that everything can be undone.

/** Several changes are one step of undo. */
class Several {
  constructor(modeling) { this.modeling = modeling; }
  preExecute(context) { context.run(this.modeling); }
}
Several.$inject = ["modeling"];

export class Model {
  constructor(modeler) {
    this.modeler = modeler;
    this.factory = modeler.get("bpmnFactory");
    this.modeling = modeler.get("modeling");
    this.commands = modeler.get("commandStack");
    this.registry = modeler.get("elementRegistry");
    this.commands.registerHandler("jiban.several", Several);
  }

  several(run) { this.commands.execute("jiban.several", { run }); }

  /** What an element stands for: of a pool, the process it holds. */
  subject(element) {
    const object = element.businessObject;
    return object.$type === "bpmn:Participant" && object.processRef ? object.processRef : object;
  }

  /** The process an element belongs to. */
  processOf(element) {
    let object = this.subject(element);
    while (object && object.$type !== "bpmn:Process") object = object.$parent;
    return object;
  }

  definitions() { return this.modeler.getDefinitions(); }

  change(element, owner, properties) {
    if (element.businessObject === owner) this.modeling.updateProperties(element, properties);
    else this.modeling.updateModdleProperties(element, owner, properties);
  }

  words(owner, type) { return (owner.extensionElements?.values ?? []).filter((each) => each.$type === `jb:${type}`); }

  word(owner, type) { return this.words(owner, type)[0]; }

  /** Add a word to an owner. */
  add(element, owner, type, properties) {
    this.several((modeling) => {
      const made = this.factory.create(`jb:${type}`, properties);
      if (owner.extensionElements) {
        made.$parent = owner.extensionElements;
        modeling.updateModdleProperties(element, owner.extensionElements, { values: [...owner.extensionElements.values ?? [], made] });
      } else {
        const around = this.factory.create("bpmn:ExtensionElements", { values: [made] });
        [made.$parent, around.$parent] = [around, owner];
        modeling.updateModdleProperties(element, owner, { extensionElements: around });
      }
    });
  }

  /** Change a word; one that says nothing any more goes. */
  set(element, owner, type, properties) {
    const found = this.word(owner, type);
    const said = { ...Object.fromEntries(this.attributes(found)), ...properties };
    const says = Object.values(said).some((value) => value !== undefined && value !== "");
    if (!found && says) this.add(element, owner, type, properties);
    else if (found && !says) this.drop(element, owner, found);
    else if (found) this.modeling.updateModdleProperties(element, found, properties);
  }

  attributes(word) {
    return word ? word.$descriptor.properties.filter((each) => each.isAttr).map((each) => [each.name, word.get(each.name)]) : [];
  }

  drop(element, owner, word) {
    const rest = owner.extensionElements.values.filter((each) => each !== word);
    if (rest.length) this.modeling.updateModdleProperties(element, owner.extensionElements, { values: rest });
    else this.modeling.updateModdleProperties(element, owner, { extensionElements: undefined });
  }

  /** Refer to a root element (message, signal, error, escalation) by its name or code, which is made where there is none. */
  refer(element, definition, { type, reference, name }, value) {
    if (!value) { this.modeling.updateModdleProperties(element, definition, { [reference]: undefined }); return; }
    const all = this.definitions();
    const known = (all.rootElements ?? []).find((each) => each.$type === type && (each.get(name) ?? each.name) === value);
    this.several((modeling) => {
      const used = known ?? this.factory.create(type, { name: value, ...(name === "name" ? {} : { [name]: value }) });
      if (!known) {
        used.$parent = all;
        modeling.updateModdleProperties(element, all, { rootElements: [...all.rootElements ?? [], used] });
      }
      modeling.updateModdleProperties(element, definition, { [reference]: used });
    });
  }

  expression(body) { return body ? this.factory.create("bpmn:FormalExpression", { body }) : undefined; }

  /** Elements on the board that a test accepts, without labels. */
  every(test) { return this.registry.filter((each) => !each.labelTarget && test(each.businessObject)); }
}
