// What the drawing board is made of. Our own part of it is not bundled: services/web/static/designer/ imports this file.
export { default as Modeler } from 'bpmn-js/lib/Modeler';
export { default as tokenSimulation } from 'bpmn-js-token-simulation';
export { default as minimap } from 'diagram-js-minimap';
export { layoutProcess } from 'bpmn-auto-layout';
export { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
