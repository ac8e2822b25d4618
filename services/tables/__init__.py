"""The tables, one room for each of their subjects; statements read them from here.

`case`: cases and what they wait for. `bundle`: what one case asks of another. `oversight`: what supervision sees beside them.
`origin`: where cases were begun that came from elsewhere. `project`: projects and the register of regional assessments.
`permit`: the register of granted permits, credit and undertakings. `ruling`: what an office rules. `catalogue`: the office's
own catalogue and decision lists. `document`: the documents that were issued. `people`: who works here. `account`: who may
sign in. `draft`: diagrams that are being drawn. `service`: files of applicants and their ratings. `empowerment`: whose a case
is. `connector`: which systems are asked over HTTP. `supervising`: results pushed to who supervises, and which park is
connected with which system. `wire`: what leaves the house. `platform`: what comes in from upstream platforms. `system`: what
the program itself needs. """

from services.tables.account import account_event as account_event
from services.tables.account import account_link as account_link
from services.tables.account import account_secret as account_secret
from services.tables.account import api_token as api_token
from services.tables.account import throttle as throttle
from services.tables.account import visit as visit
from services.tables.bundle import errand as errand
from services.tables.case import case as case
from services.tables.case import clock as clock
from services.tables.case import external_task as external_task
from services.tables.case import fact as fact
from services.tables.case import incident as incident
from services.tables.case import message as message
from services.tables.case import outbox as outbox
from services.tables.case import reentry as reentry
from services.tables.case import task as task
from services.tables.case import timer as timer
from services.tables.catalogue import catalogue_entry as catalogue_entry
from services.tables.catalogue import decision_list as decision_list
from services.tables.connector import connector as connector
from services.tables.document import document as document
from services.tables.draft import draft as draft
from services.tables.draft import draft_event as draft_event
from services.tables.empowerment import routing_rule as routing_rule
from services.tables.naming import metadata as metadata
from services.tables.origin import origin as origin
from services.tables.oversight import card as card
from services.tables.oversight import clock_count as clock_count
from services.tables.oversight import notification as notification
from services.tables.oversight import snapshot as snapshot
from services.tables.oversight import supervision_order as supervision_order
from services.tables.people import absence as absence
from services.tables.people import mandate as mandate
from services.tables.people import person as person
from services.tables.people import role_grant as role_grant
from services.tables.permit import credit_record as credit_record
from services.tables.permit import permit as permit
from services.tables.permit import permit_event as permit_event
from services.tables.permit import undertaking_template as undertaking_template
from services.tables.platform import platform_answer as platform_answer
from services.tables.platform import platform_message as platform_message
from services.tables.platform import platform_secret as platform_secret
from services.tables.platform import platform_tally as platform_tally
from services.tables.platform import submission as submission
from services.tables.project import assessment as assessment
from services.tables.project import project as project
from services.tables.project import project_case as project_case
from services.tables.project import project_event as project_event
from services.tables.ruling import calendar_change as calendar_change
from services.tables.ruling import commitment as commitment
from services.tables.ruling import contact as contact
from services.tables.ruling import office_limit as office_limit
from services.tables.ruling import policy as policy
from services.tables.service import rating as rating
from services.tables.service import upload as upload
from services.tables.supervising import push as push
from services.tables.supervising import rectification as rectification
from services.tables.supervising import rectification_event as rectification_event
from services.tables.supervising import system_check as system_check
from services.tables.system import answer as answer
from services.tables.system import counter as counter
from services.tables.system import definition as definition
from services.tables.system import demonstration as demonstration
from services.tables.system import queue_script as queue_script
from services.tables.system import secret as secret
from services.tables.unmasking import unmasking as unmasking
from services.tables.wire import attempt as attempt
from services.tables.wire import delivery as delivery
from services.tables.wire import endpoint as endpoint
from services.tables.wire import endpoint_secret as endpoint_secret
from services.tables.wire import lane as lane
from services.tables.wire import subscription as subscription
