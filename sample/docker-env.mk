# Settings of the images. Included by the Makefile.

DOCKER_NS ?= hyperledger
BASE_DOCKER_NS ?= hyperledger
BASE_DOCKER_LABEL = org.hyperledger.fabric

BASE_DOCKER_TAG = $(ARCH)-$(BASEIMAGE_RELEASE)
DOCKER_TAG = $(ARCH)-$(PROJECT_VERSION)

# true: the programs in the images use the C library of the runtime image; false: they bring their own
DOCKER_DYNAMIC_LINK ?= true
DOCKER_GO_LDFLAGS += $(GO_LDFLAGS)

ifeq ($(DOCKER_DYNAMIC_LINK),false)
DOCKER_GO_LDFLAGS += -linkmode external -extldflags '-static -lpthread'
endif
