/** Topics about compiled-in values and configuration, in Simplified Chinese. */
import type { IdsOf, LDFLAGS, VARIABLES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const configuration: Readonly<Record<IdsOf<typeof LDFLAGS> | IdsOf<typeof VARIABLES>, TopicText>> = {
  ldflags: {
    title: '链接时写进程序的值',
    text: 'Go 的链接器用 -X package.Name=value 设置字符串变量。Fabric 的变量在 {metadata} 包里，peer version 会打印它们。peer 用它们填写 core.yaml 的模板，模板决定构建镜像和运行时镜像的名字。要修改其中的值，必须重新编译。运行时只能覆盖完整的引用（见 CORE_CHAINCODE）。',
    aliases: ['编译参数', '链接参数'],
  },
  Version: {
    title: 'Fabric 的版本：{version}',
    text: '它是 core.yaml 模板里的 $(PROJECT_VERSION)。从 1.4.6 起，$(TWO_DIGIT_VERSION) 是它最后一个点之前的部分。镜像标签里也有它。--fabric-version 同时设置两者。其中不能有空格，否则第一个链码的 Dockerfile 无法解析。',
    aliases: ['版本'],
  },
  CommitSHA: {
    title: '仅供参考的提交号：{commit}',
    text: '从 1.2 起，它编译进 peer 和 orderer。peer version 会打印它，有一个镜像标签以它结尾。不会按它查找镜像，所以写错也不会出问题。1.2 之前，未发布的源码把提交号写在 Version 里：1.0.1-snapshot-0a1b2c3。用 --commit-sha 设置。',
    aliases: ['提交号'],
  },
  BaseVersion: {
    title: '基础镜像的版本：{baseVersion}',
    text: 'fabric-baseimage 和 fabric-baseos 有自己的版本号：Fabric 1.0.0 对应 0.3.1，1.4.12 对应 0.4.22。它是运行时镜像模板里的 $(BASE_VERSION)。值写错的 peer 会去找一个不存在的 baseos。从 2.0 起没有这个值：baseos 用 Fabric 的版本。用 --base-version 设置。',
    aliases: ['基础镜像版本'],
  },
  BaseDockerLabel: {
    title: '镜像标记（label）的前缀：{dockerLabel}',
    text: '镜像带有标记 {dockerLabel}.version 和 .base.version，链码镜像还有 .chaincode.id.name 等。标记供人和脚本使用：docker image ls --filter label=NAME 可以按标记查找镜像。peer 从不按标记查找。用 --docker-label 设置前缀。',
    aliases: ['标记'],
  },
  DockerNamespace: {
    title: '你构建的镜像的命名空间：{dockerNs}',
    text: '它是斜杠前面的部分：Makefile 里是 DOCKER_NS，模板里是 $(DOCKER_NS)。ccenv、peer、orderer 和 tools 镜像都用它，peer 也在其中查找 ccenv。两处必须一致：用别的命名空间编译的 peer 找不到这些镜像。--docker-ns 同时设置两处。',
    aliases: ['命名空间'],
  },
  BaseDockerNamespace: {
    title: '基础镜像的命名空间：{baseDockerNs}',
    text: '它在 Makefile 里是 BASE_DOCKER_NS，在模板里是 $(BASE_DOCKER_NS)。在 1.x 里，peer 在其中查找 Go 链码的运行时镜像：{requiredRuntime}。如果只改 DOCKER_NS，peer 找得到 ccenv，却找不到 baseos。从 2.1 起没有这个值。用 --base-docker-ns 设置。',
    aliases: ['基础命名空间'],
  },
  'core.yaml': {
    title: '镜像名的模板',
    text: 'chaincode.builder 是 {builderTemplate}，chaincode.golang.runtime 是 {runtimeTemplate}。填好之后是 {requiredBuilder} 和 {requiredRuntime}。起作用的是 peer 镜像里的文件。如果它写着 fabric-yxbaseos 而没有这个镜像，实例化就会失败，提示“pull access denied”。',
    aliases: ['模板'],
  },
  CORE_CHAINCODE: {
    title: '不重新编译，更换构建镜像或运行时镜像',
    text: 'peer 环境变量里的 CORE_CHAINCODE_BUILDER 和 CORE_CHAINCODE_GOLANG_RUNTIME 会代替 core.yaml 里的模板。请写带标签的完整引用，例如 {requiredRuntime}；compose 文件里 $ 要写成 $$。CORE_CHAINCODE_STARTUPTIMEOUT 是 peer 等待链码启动的时间，300s。',
    aliases: ['覆盖镜像'],
  },
  CORE_PEER_ADDRESS: {
    title: '客户端连接的 peer',
    text: '对客户端来说，是要连接的 peer；对 peer 来说，是其他节点访问它的地址。CORE_PEER_CHAINCODEADDRESS 是它的链码要连接的地址：{chaincodeAddress}。core.yaml 的每个键都有这样的变量。要以另一个组织的身份操作，还要修改 CORE_PEER_LOCALMSPID、CORE_PEER_MSPCONFIGPATH 和 CORE_PEER_TLS_ROOTCERT_FILE。',
    aliases: ['节点地址'],
  },
  CORE_PEER_GOSSIP: {
    title: 'peer 之间多久通信一次',
    text: 'peer 会互相告知自己在运行、有哪些区块、安装了哪些链码。所有 peer 在同一台机器上时，这些开销会累加，并随 peer 数量的平方增长。因此 --gossip quiet 会按 peer 的数量，成比例地延长超过 8 个 peer 的网络的定时器。这样，peer 停止后要更久才会被发现。--gossip default 保留 core.yaml 的定时器。',
    aliases: ['空闲', '定时器'],
  },
  CORE_PEER_MSPCONFIGPATH: {
    title: '程序使用的身份',
    text: '这是一个身份的目录：证书、私钥和受信任的 CA。peer 用自己的；客户端通常用 Admin 的，因为只有管理员才能安装链码、加入通道或实例化。CORE_PEER_LOCALMSPID（{mspId}）指明身份所属的组织，必须与目录相符。',
    aliases: ['身份', '管理员'],
  },
  CORE_PEER_TLS: {
    title: '加密连接和受信任的 CA',
    text: 'CORE_PEER_TLS_ENABLED 用来启用 TLS。CERT_FILE 和 KEY_FILE 是本节点出示的证书和私钥。ROOTCERT_FILE 是要连接的 peer 的 CA，所以要随组织一起换。对 orderer 用 --cafile，在 cli 容器里是 $ORDERER_CA。“certificate signed by unknown authority”表示 CA 不对。',
    aliases: ['加密连接'],
  },
  CORE_VM_ENDPOINT: {
    title: 'peer 里的 Docker 套接字',
    text: 'peer 通过 Docker 引擎的 API 构建和启动链码。这个变量是引擎的地址：unix:///host/var/run/docker.sock，主机的套接字挂载在那里。镜像必须在这个套接字背后的引擎上，别的引擎上的镜像找不到。能访问套接字，就等于有主机的 root 权限。',
    aliases: ['套接字', 'Docker 套接字'],
  },
  CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: {
    title: '链码容器所在的网络',
    text: '链码要连接 {chaincodeAddress} 上的 peer，所以它的容器必须在同一个 Docker 网络里：{network}。请写真实的名字：没有明确命名的网络，compose 会在前面加上项目名，启动时就会报“network not found”。默认值是 host。',
    aliases: ['网络模式'],
  },
  FABRIC_LOGGING_SPEC: {
    title: '日志级别',
    text: '从 1.4 起，它设置 peer 和 orderer 的日志级别：一个级别，或按模块指定级别，例如 info:gossip=warning:dockercontroller=debug，最后一项显示链码怎样构建。更早的版本用 CORE_LOGGING_LEVEL，orderer 用 ORDERER_GENERAL_LOGLEVEL。这个版本读取 {logging}。',
    aliases: ['日志', '日志级别'],
  },
};
