/** The stages of a build, in Simplified Chinese. */
import type { BUILD_STAGES, IdsOf } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const buildStages: Readonly<Record<IdsOf<typeof BUILD_STAGES>, TopicText>> = {
  source: {
    title: '这是哪个 Fabric？',
    text: 'Makefile 写明了版本（{version}）和基础镜像的版本（{baseVersion}）。版本决定发行系列（{line}），系列决定后面所有的名字和参数。构建的是目录里现有的内容，提交与否都一样：每个文件都有内容标识，没有变化的就不再构建。',
    reads: '{source}：Makefile 和每个文件的内容',
    writes: '无',
    aliases: ['源码', '源代码'],
  },
  'base.builder': {
    title: 'fabric-baseimage：在这里编译',
    text: '这个镜像里有 Go、gcc 和 C 库。Fabric 在它里面编译，ccenv 又以它为基础，所以链码也在其中编译。主机不需要 Go，大家用的是同一个编译器。它不属于 Fabric 源码树，有自己的版本 {baseVersion}。本地有就用本地的，否则拉取，再不行就用 Debian 软件包制作。',
    reads: 'Docker 引擎，其次镜像仓库，再次 apt 软件源',
    writes: '{builderImage}',
    aliases: ['编译镜像', '基础镜像'],
  },
  'base.runtime': {
    title: 'fabric-baseos：在这里运行',
    text: '一个没有编译器的小系统。peer 和 orderer 的镜像以它为基础，每个链码镜像也是：别处编译好的程序复制到它上面。它的名字和版本编译在 peer 里。差一个字符，网络照样全部启动，第一个链码却会失败。',
    reads: 'Docker 引擎，其次镜像仓库，再次 apt 软件源',
    writes: '{runtimeImage}',
  },
  compile: {
    title: '一条 go install 编译所有程序',
    text: '在构建镜像里运行，源码挂载进去：主机不需要 Go。所有程序用一条命令，共用的包只编译一次。',
    reads: '源码、{builderImage}',
    writes: '{programs}/',
    aliases: ['编译', '二进制'],
  },
  swap: {
    title: '把新程序放进运行中的节点',
    text: '只有 fabric-wizard rebuild 才有这个阶段。变化了的程序复制进正在运行它的容器，然后重启容器：一秒代替三秒，账本保留。镜像随后再构建，最后镜像和容器里是同一个程序。',
    reads: '{programs}/',
    writes: '{peerContainer} 等节点的 /usr/local/bin',
    aliases: ['替换', '重新构建'],
  },
  chaintool: {
    title: '只有 CAR 链码才需要',
    text: 'chaintool 用来构建 CAR 包，Go、Java 和 Node.js 链码都用不到这种格式。Makefile 会把它下载到 ccenv 里。这里的 ccenv 不带它：可能失败的下载不该挡住其余的一切。要加上它：fabric-wizard build ccenv --chaintool FILE。',
    reads: '--chaintool 指定的文件或地址',
    writes: '.fabric-wizard/build/payload/chaintool',
  },
  sampleconfig: {
    title: '打包默认配置',
    text: 'core.yaml、orderer.yaml、configtx.yaml 和一个示例 msp，会成为 peer、orderer 和 tools 镜像里的 /etc/hyperledger/fabric。打包是因为 Dockerfile 的 ADD 会解开 tar。不管文件名怎么写，这里并不压缩：ADD 看的是内容。最要紧的是 core.yaml：其中的模板决定链码用哪个构建镜像和运行时镜像。',
    reads: '{source}/sampleconfig/',
    writes: '{payload}/sampleconfig.tar.bz2',
    aliases: ['默认配置'],
  },
  goshim: {
    title: '链码依赖的 shim',
    text: '链码导入 core/chaincode/shim。交给 peer 的只有链码本身，所以 shim 和它依赖的一切必须已经在 ccenv 里，并且在 GOPATH 的原位置。goListFiles.sh 列出这些文件，tar 把它们打包。还会带上编译好的 Go 缓存：这样链码第一次编译只要几秒。从 2.0 起链码自带 shim。',
    reads: '{source}/core/chaincode/shim 及其依赖',
    writes: '{payload}/goshim.tar.bz2',
  },
  gocache: {
    title: '给 ccenv 的编译缓存',
    text: '从 2.0 起链码在 vendor/ 里自带 shim，peer 第一次安装时要把它全部编译一遍，大约四十秒。所以我们先用这份源码的 vendor/ 编译一个链码，位置与 peer 放链码的位置相同，再把 Go 留下的缓存放进 ccenv。',
    reads: '{source}/vendor/ 和我们自带的链码',
    writes: '{payload}/gocache.tar',
    aliases: ['编译缓存'],
  },
  'image.baseos': {
    title: '2.0 起链码运行所在的镜像',
    text: '1.4 以前 fabric-baseos 来自单独的仓库；从 2.0 起它和其他镜像一起构建，版本就是 Fabric 的版本。它是运行镜像加上一个专用用户（500:500），peer 把每个 Go 链码都放在它上面。这个 peer 要找的是 {askedRuntime}。',
    reads: '{runtimeImage}',
    writes: '{askedRuntime}',
    aliases: ['链码运行镜像'],
  },
  'image.ccenv': {
    title: '为何要编 ccenv 镜像？',
    text: '实例化链码时 peer 要编译它，而 peer 镜像里没有编译器。于是 peer 启动一个 ccenv 容器，把源码放进 /chaincode/input，运行 go build，再从 /chaincode/output 取出程序。ccenv 就是构建镜像加上 shim。这个 peer 要找的是 {askedBuilder}。',
    reads: '{builderImage}、goshim.tar.bz2、protoc-gen-go',
    writes: '{ccenvImage}',
    aliases: ['链码编译环境'],
  },
  'image.peer': {
    title: 'peer 镜像',
    text: '运行时镜像，加上 /usr/local/bin 里的程序，再加上 /etc/hyperledger/fabric 里的默认配置。没有编译器，没有源码，所以很小。它的 Dockerfile 就是源码里的 images/peer/Dockerfile.in，用 sed 填好 _BASE_NS_ 和 _BASE_TAG_，和 Makefile 的做法一样。',
    reads: '{runtimeImage}、peer、sampleconfig.tar.bz2',
    writes: '{peerImage}',
    aliases: ['节点镜像'],
  },
  'image.orderer': {
    title: 'orderer 镜像',
    text: '做法与 peer 镜像相同：运行时镜像、一个程序、默认配置，外加 7050 端口。orderer 只给交易排序，从不运行链码，所以它既不需要 ccenv，也不需要 Docker 套接字。',
    reads: '{runtimeImage}、orderer、sampleconfig.tar.bz2',
    writes: '{ordererImage}',
    aliases: ['排序节点镜像'],
  },
  'image.tools': {
    title: 'cryptogen、configtxgen，和一个可以敲命令的 peer',
    text: '生成证书和通道配置的工具，以及作为客户端的 peer。它们都在容器里运行，主机上不需要任何 Fabric 程序；cli 容器就是用它启动的。从 1.2 起，源码自带的 Dockerfile 会把一切重新编译，还要访问互联网；我们的只是复制已经编译好的程序。',
    reads: '{builderImage}、各个程序、sampleconfig.tar.bz2',
    writes: '{toolsImage}',
    aliases: ['工具镜像'],
  },
  verify: {
    title: '镜像是否名副其实？',
    text: '启动之前先看每个镜像里面：程序、FABRIC_CFG_PATH、/var/hyperledger/production、shim 是否都在。然后 peer version 会打印编译进去的值，它们必须与选择一致。参数错了在这里就能发现，不必等到第一个链码。',
    reads: '各个镜像',
    writes: '无',
    aliases: ['检查', '验证'],
  },
};
