"""An endpoint of one's own, described by a TOML file."""

from pipeline.providers.vendors.endpoint.adapter import Endpoint as Endpoint
from pipeline.providers.vendors.endpoint.description import EXAMPLE as EXAMPLE
from pipeline.providers.vendors.endpoint.description import EXAMPLE_OF_A_QUEUE as EXAMPLE_OF_A_QUEUE
from pipeline.providers.vendors.endpoint.description import EXAMPLE_OF_A_READER as EXAMPLE_OF_A_READER
from pipeline.providers.vendors.endpoint.description import parse_description as parse_description
from pipeline.providers.vendors.endpoint.description import read_description as read_description
