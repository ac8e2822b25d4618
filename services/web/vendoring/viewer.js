// The picture of a process with where a case is: `new BpmnJS({ container })`. Pans and zooms, changes nothing.
export { default } from 'bpmn-js/lib/NavigatedViewer';
