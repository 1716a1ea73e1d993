import {
  LATTICE_FIELDS,
  LATTICE_HOSTS,
  LATTICE_INGRESS,
  LATTICE_POLICIES,
  LATTICE_SERVICES,
} from "./bad-lattice-fields";
import { testRows } from "./rows";

testRows({
  fields: LATTICE_FIELDS,
  "auth policies": LATTICE_POLICIES,
  services: LATTICE_SERVICES,
  hosts: LATTICE_HOSTS,
  ingress: LATTICE_INGRESS,
});
