/** Images and folders, in Simplified Chinese. */
import type { FOLDERS, IdsOf, IMAGES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const places: Readonly<Record<IdsOf<typeof IMAGES> | IdsOf<typeof FOLDERS>, TopicText>> = {
  images: {
    title: '构建镜像与运行时镜像',
    text: '两个镜像，两种用途。构建镜像带编译器，很大：Fabric 在 fabric-baseimage 里编译，链码在以它为基础的 ccenv 里编译。运行时镜像只有一个系统：程序复制到它上面。core.yaml 里 chaincode.builder 指前者，chaincode.golang.runtime 指后者。这个 peer 要找的是 {askedBuilder} 和 {askedRuntime}。',
    aliases: ['镜像', '构建镜像', '运行时镜像', '运行镜像'],
  },
  tags: {
    title: '一个镜像为何有这么多名字？',
    text: '镜像引用的写法是 namespace/name:tag。peer 镜像的标签有 {peerTags}。谁找镜像，找的都是其中一个，一个字符也不能差：只有别的标签时，镜像明明在，却找不到。docker tag 给镜像再加一个名字，不占空间。',
    aliases: ['标签'],
  },
  builds: {
    title: '编译链码的容器为何不见了？',
    text: '它只是个车间。peer 启动 ccenv 容器，放入源码，等 go build 结束，取出程序，再移除容器。程序进入一个 FROM {askedRuntime} 的链码镜像，一直运行的是这个镜像的容器。所以 docker ps 里几乎看不到 ccenv，而 Docker 引擎的事件里有：start、die、destroy。',
    aliases: ['编译容器', '链码编译', '容器消失'],
  },
  'chaincode-image': {
    title: '链码的镜像和容器',
    text: '名字由网络标识、peer、链码和版本组成；mycc 1.0 在这里是 {chaincodeContainer}。别处常以 dev 开头，那是默认的网络标识。若已有同名镜像，peer 就直接用它，不管里面是什么：改了代码而版本不变，运行的仍是旧程序。请换一个版本，或删除那个镜像。',
    aliases: ['链码镜像', '链码容器'],
  },
  '/etc/hyperledger/fabric': {
    title: '节点的配置',
    text: 'FABRIC_CFG_PATH 指向这里。/etc 存放可读文本形式的配置：peer 读 core.yaml，orderer 读 orderer.yaml，msp/ 是节点的身份。镜像里是示例；网络把节点自己的 msp/ 和 tls/ 挂载在上面，CORE_ 变量则覆盖 core.yaml 里的单个键。',
    aliases: ['配置目录'],
  },
  '/var/hyperledger/production': {
    title: '节点不能丢的东西',
    text: '/var 存放会变化的数据。这里是区块、由区块得出的状态，以及已安装的链码。若只放在容器里，会随容器一起消失，所以这里挂载了一个卷：{volume}。fabric-wizard down 保留它，fabric-wizard down --volumes 才删除它。',
    aliases: ['账本目录', '数据卷'],
  },
  '/usr/local/bin': {
    title: '程序在哪里',
    text: '/usr/local 存放不随发行版提供的程序，主要是从源码编译的。所以 Dockerfile 把 peer、orderer 和各种工具放在这里。它在 PATH 里，docker exec 按名字就能找到它们。fabric-wizard rebuild 也把新程序复制到这里。',
    aliases: ['程序目录'],
  },
  '/opt/gopath': {
    title: '容器里的 GOPATH',
    text: '在 Go 有模块之前，导入路径就是 GOPATH/src 下的目录。所以 Fabric 必须位于 /opt/gopath/src/github.com/hyperledger/fabric 才能编译：源码以只读方式挂载在那里。ccenv 里 shim 放在同一位置，cli 容器里链码也按 src 下的路径查找。',
  },
  '/chaincode': {
    title: '编译链码用的两个目录',
    text: '它们在 ccenv 里，供 peer 使用：peer 把源码解到 /chaincode/input（排在 GOPATH 的最前面），再取走 /chaincode/output/chaincode，一个静态链接的程序。镜像里这两个目录是空的，编译留下的东西随容器一起消失。',
  },
  '.fabric-wizard': {
    title: 'fabric-wizard 写的一切',
    text: 'build/ 是程序和放进镜像的其他文件；network/ 是网络的文件，包括证书和未加密的私钥；runs/ 是最近十次运行的事件和日志；state.json 只为节省时间。没有运行时可以整个删除：代价是重新编译一次，网络会换新证书。',
    aliases: ['状态目录'],
  },
};
