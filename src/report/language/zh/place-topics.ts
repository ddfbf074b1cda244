/** Topics about images and folders, in Simplified Chinese. */
import type { FOLDERS, IdsOf, IMAGES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const places: Readonly<Record<IdsOf<typeof IMAGES> | IdsOf<typeof FOLDERS>, TopicText>> = {
  images: {
    title: '构建镜像与运行时镜像',
    text: '网络使用两种镜像。构建镜像带编译器，很大：Fabric 在 {builderImage} 里编译，链码在以它为基础的 ccenv 里编译。运行时镜像只有一个系统，程序复制到它上面。在 core.yaml 里，chaincode.builder 指定前者，chaincode.golang.runtime 指定后者。这个 peer 要找的是 {requiredBuilder} 和 {requiredRuntime}。',
    aliases: ['镜像', '构建镜像', '运行时镜像', '运行镜像'],
  },
  tags: {
    title: '为什么一个镜像有几个名字',
    text: '镜像引用的写法是 namespace/name:tag。peer 镜像的标签有 {peerTags}。程序要用镜像时，只认其中一个名字。如果引擎上的镜像只有别的名字，就找不到。docker tag 给镜像再加一个名字，不占磁盘空间。',
    aliases: ['标签'],
  },
  builds: {
    title: '为什么编译链码的容器会消失',
    text: '这个容器只在编译期间存在。peer 启动 ccenv 容器，把源码复制进去，等 go build 结束，取出程序，再删除容器。程序放进一个 FROM {requiredRuntime} 的链码镜像，一直运行的是这个镜像的容器。所以 docker ps 里很少看到 ccenv，但 Docker 引擎的事件里有：start、die、destroy。',
    aliases: ['编译容器', '链码编译', '容器消失'],
  },
  'chaincode-image': {
    title: '链码的镜像和容器',
    text: '名字由网络标识、peer、链码和版本组成。对 mycc 1.0，这里的名字是 {chaincodeContainer}。在其他网络里常以 dev 开头，那是默认的网络标识。如果已有同名镜像，peer 不检查内容就直接使用：改了代码而版本不变，运行的仍是旧程序。请换一个版本，或者删除那个镜像。',
    aliases: ['链码镜像', '链码容器'],
  },
  '/etc/hyperledger/fabric': {
    title: '节点的配置',
    text: 'FABRIC_CFG_PATH 指向这里。/etc 存放文本形式的配置：peer 读 core.yaml，orderer 读 orderer.yaml，msp/ 是节点的身份。镜像里是示例文件。网络把节点自己的 msp/ 和 tls/ 挂载在上面，CORE_ 变量则覆盖 core.yaml 里的单个键。',
    aliases: ['配置目录'],
  },
  '/var/hyperledger/production': {
    title: '节点的数据',
    text: '/var 存放会变化的数据：区块、由区块得出的状态，以及已安装的链码。只在容器里的数据会随容器一起消失，所以这里挂载了一个卷：{volume}。fabric-wizard down 保留这个卷，fabric-wizard down --volumes 会删除它。',
    aliases: ['账本目录', '数据卷'],
  },
  '/usr/local/bin': {
    title: '节点的程序',
    text: '/usr/local 存放不随发行版提供的程序，主要是从源码编译的。所以 Dockerfile 把 peer、orderer 和各种工具放在这里。这个目录在 PATH 里，所以 docker exec 按名字就能找到它们。fabric-wizard rebuild 把新程序复制到这里。',
    aliases: ['程序目录'],
  },
  '/opt/gopath': {
    title: '容器里的 GOPATH',
    text: '在 Go 有模块之前，导入路径就是 GOPATH/src 下的目录。Fabric 必须位于 /opt/gopath/src/github.com/hyperledger/fabric 才能编译，所以源码以只读方式挂载在那里。ccenv 里的 shim 也在这个路径。在 cli 容器里，链码按它在 src 下的路径查找。',
  },
  '/chaincode': {
    title: '编译链码的输入和输出',
    text: '两个目录都在 ccenv 里。peer 把源码解到 /chaincode/input（GOPATH 的第一项），再取走 /chaincode/output/chaincode，即一个静态链接的程序。镜像里这两个目录是空的。编译产生的文件随容器一起删除。',
  },
  '.fabric-wizard': {
    title: 'fabric-wizard 写入的所有文件',
    text: 'build/ 里有程序和镜像的其他内容。network/ 里有网络的文件，包括证书和未加密的私钥；networks/ 里有被替换的网络的文件。runs/ 里有最近十次运行的事件和日志。state.json 只用来节省时间。没有任何运行时可以删除这个目录：下一次运行会重新编译，网络会换用新的证书和空账本。',
    aliases: ['状态目录'],
  },
};
