"""The tables, one room for each of their subjects; statements read them from here.

`case`: cases and what they wait for. `oversight`: what supervision sees beside them. `ruling`: what an office rules. `permit`:
the register of granted permits, credit and undertakings. `system`: what the program itself needs.
"""

from services.tables.case import case as case
from services.tables.case import clock as clock
from services.tables.case import fact as fact
from services.tables.case import incident as incident
from services.tables.case import message as message
from services.tables.case import outbox as outbox
from services.tables.case import task as task
from services.tables.case import timer as timer
from services.tables.naming import metadata as metadata
from services.tables.oversight import card as card
from services.tables.oversight import clock_count as clock_count
from services.tables.oversight import notification as notification
from services.tables.oversight import snapshot as snapshot
from services.tables.oversight import supervision_order as supervision_order
from services.tables.permit import credit_record as credit_record
from services.tables.permit import permit as permit
from services.tables.permit import permit_event as permit_event
from services.tables.permit import undertaking_template as undertaking_template
from services.tables.ruling import calendar_change as calendar_change
from services.tables.ruling import commitment as commitment
from services.tables.ruling import contact as contact
from services.tables.ruling import office_limit as office_limit
from services.tables.ruling import policy as policy
from services.tables.system import answer as answer
from services.tables.system import counter as counter
from services.tables.system import definition as definition
