/** Symptoms of Fabric itself, in Simplified Chinese: network, certificates, ledgers, chaincode. */
import type { fabricSymptoms as english } from '../en/fabric-symptoms.ts';
import type { Words } from '../symptoms.ts';

const FOLDER_FOR_FILE =
  '启动容器时如果要挂载的文件不存在，Docker 会创建一个同名的目录，而且这个目录会一直保留。`up` 会用文件替换它。请重新创建容器。';

export const fabricSymptoms: Readonly<Record<keyof typeof english, Words>> = {
  // network
  'chaincode-network-absent': ({ network, ours }) => ({
    title: `peer 要在网络 ${network} 里启动链码，但引擎上没有这个网络。`,
    why: `CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE（core.yaml 的 vm.docker.hostConfig.NetworkMode）必须是这个网络在引擎上的名字${ours ? `：${ours}` : ''}。请用正确的名字重建 peer。`,
  }),
  'port-of-container': ({ port, owner }) => ({
    title: `端口 ${port} 被容器 ${owner} 占用。`,
    why: '两个容器不能发布本机的同一个端口。请换用别的端口，或者停止那个容器。',
  }),
  'port-not-released': ({ port, owner }) => ({
    title: owner ? `端口 ${port} 被本网络的节点 ${owner} 占用。` : `端口 ${port} 刚才被某个容器占用。`,
    why: owner
      ? '现在另一个节点需要这个端口。`up` 会先删除那个节点的容器，再用新的端口重新创建它。'
      : '现在已经没有容器占用它。请再次运行。如果端口一直被占用，请换用别的端口。',
  }),
  'port-in-use': ({ port, host }) => ({
    title: host === undefined ? `端口 ${port} 已被占用。` : `${host} 上的端口 ${port} 已被占用。`,
    why: `占用它的是${host === undefined ? '本机' : ` ${host} `}上的某个程序，或刚刚退出的容器。请停止那个程序，或者换用别的端口。`,
  }),
  'bind-source-absent': ({ path }) => ({
    title: `${path} 要挂载进节点，但它不存在。`,
    why: '生成 compose 文件之后，它被删除或移走了。`up` 会重新生成缺少的区块和通道文件，但不会重新生成证书，因为账本依赖证书。如果缺少的是证书，请把它们放回去，或者启动一个新的网络：现有的文件和账本会保留。',
  }),
  'folder-in-place-of-file': ({ path = '有一个路径' }) => ({
    title: `${path} 应当是要挂载的文件，实际却是目录。`,
    why: FOLDER_FOR_FILE,
  }),
  'genesis-is-folder': ({ path }) => ({
    title: `创世区块 ${path} 是一个目录。`,
    why: FOLDER_FOR_FILE,
  }),
  'genesis-absent': ({ path }) => ({
    title: `排序节点在 ${path} 找不到创世区块。`,
    why: '这个文件没有生成，或者没有挂载进去。`up` 会重新生成它。请重新创建容器。',
  }),
  'node-panics': ({ node, message, place, status }) => ({
    title: `${node} 崩溃（panic）：${message}`,
    why: `${place ? `panic 发生在 ${place}。` : ''}节点没有在运行（${status}），再次启动还会崩溃。请修改源码，然后重新构建。`,
  }),
  'node-killed': ({ node, status, memory }) => ({
    title: `${node} 被强行终止：${status}。`,
    why: memory
      ? '它的内存用尽，被内核终止了。请释放一些内存，然后重新启动它。'
      : '退出码 137 表示进程从外部被终止：被停止了，或者机器内存不足。请重新启动它，并检查内存。',
  }),
  'node-stopped': ({ node, status }) => ({
    title: `${node} 被停止了：${status}。`,
    why: '退出码表明它是被要求停止的，例如通过 `docker stop`，并且没有发生 panic。请重新启动它。',
  }),
  'node-ended': ({ node, status, last }) => ({
    title: `${node} 没有在运行：${status}。`,
    why: last ? `它自己退出了。日志里的这一行说明了原因：${last}` : '它自己退出了，没有写日志。',
  }),
  'node-not-in-network': ({ node }) => ({
    title: `${node} 在运行，但调用方无法解析它的名字。`,
    why: '调用方与节点在引擎的不同网络里，或者节点在它的网络之外重启过。请重建网络。',
  }),
  'node-behind-proxy': ({ node, nodes }) => ({
    title: `连接不到 ${node}，因为节点之间的连接经过代理。`,
    why: `Docker 把 config.json 里的代理传给了容器，而这些节点的 NO_PROXY 不包含网络中的名称：${nodes}。请重新创建容器。`,
  }),
  'node-not-listening': ({ node, status }) => ({
    title: `${node} 不接受连接。`,
    why: `这个节点还在启动，或者已经退出${status ? `（${status}）` : ''}。请查看它的状态和日志。`,
  }),
  // certificates
  'certificates-of-other-ca': () => ({
    title: '一方出示的证书由对方不认识的 CA 签发。',
    why: '证书重新生成了，而节点或客户端还在用旧的。请重新创建容器，并使用当前的证书。',
  }),
  'certificate-expired': ({ now }) => ({
    title: '有证书在当前时间无效。',
    why: now
      ? `这台机器的时钟是 ${now}。要么时钟不对，要么证书已过期。请校准时钟，或者重新生成证书。`
      : '要么这台机器的时钟不对，要么证书已过期。请校准时钟，或者重新生成证书。',
  }),
  'certificate-of-other-name': ({ valid, name }) => ({
    title: `用名字 ${name} 访问了一个节点，而它的证书只对 ${valid} 有效。`,
    why: 'TLS 只承认证书里写明的名字。请使用其中的名字，或者重新生成证书。',
  }),
  'tls-on-one-side': () => ({
    title: '一方使用 TLS，另一方没有。',
    why: '只在网络的一部分打开或关闭了 TLS，或者客户端启动时没有启用它。请让各处的设置一致。',
  }),
  'certificate-unreadable': ({ path }) => ({
    title: `无法读取 ${path}：权限不足。`,
    why: '文件存在，但它的权限、所有者或 SELinux 不允许节点读取。请修改权限。文件内容很可能没有问题。',
  }),
  'pkcs11-unusable': ({ library, provider, reason }) => ({
    title: library
      ? `无法加载 PKCS#11 库 ${library}。`
      : provider
        ? '节点配置为使用 PKCS#11，但编译时没有包含它。'
        : `无法使用 PKCS#11：${reason}。`,
    why: 'core.yaml 或 orderer.yaml 中的 BCCSP，或者 CORE_PEER_BCCSP 变量，选择了 PKCS#11。库必须在节点的镜像里，并与其中的 C 库匹配；程序编译时必须带 pkcs11 标签（--go-tags pkcs11）。问题与证书无关。请修改配置，或者选择 SW。',
  }),
  'msp-absent': ({ path }) => ({
    title: `${path} 里没有证书。`,
    why: '目录没有挂载到那里，或者 CORE_PEER_MSPCONFIGPATH 指向了别处。请重新创建容器。',
  }),
  'msp-incomplete': ({ path }) => ({
    title: `${path} 里的证书不完整。`,
    why: '缺少证书或私钥：目录被清空过，或者只复制了一部分。请把它放回去，或者启动一个新的网络：现有的文件和账本会保留。',
  }),
  'not-an-admin': () => ({
    title: '这个操作需要组织的管理员，而当前身份不是。',
    why: '客户端用的是节点或普通用户的证书，或者是以前那批证书里的管理员。请使用管理员当前的证书。',
  }),
  'creator-unknown': ({ org, channel = '' }) => ({
    title: `peer 不接受 ${org} 的身份${channel ? `（通道 ${channel}）` : ''}。`,
    why: '客户端和通道使用的是这个组织的不同证书。请使用当前的证书。如果证书比通道新，请启动一个新的网络：现有的证书和账本会保留。',
  }),
  // ledgers
  'channel-exists': ({ group }) => ({
    title: '排序节点上已经有这个通道。',
    why: `${group} 已经存在，不能再创建：以前的运行已经创建了这个通道。请再运行一次命令，这样会使用这个通道。`,
  }),
  'channel-joined-before': () => ({
    title: 'peer 上已经有这个通道的账本。',
    why: '之前的请求已让这个 peer 加入通道，但 peer 还没有报告。请再运行一次命令。如果仍然失败，请重新创建容器，账本会保留。',
  }),
  'ledger-of-other-crypto': ({ policy }) => ({
    title: '账本不认识这个网络的证书。',
    why: `账本是用另一批证书写成的${policy ? `，因此没有身份算得上其中的 ${policy}` : ''}：卷保留了下来，证书却是新的。请启动一个新的网络：现有的证书和账本会保留。`,
  }),
  'ledger-damaged': () => ({
    title: '磁盘上有账本已损坏。',
    why: '节点在写入时被强行终止，或者当时磁盘已满。请删除账本，再重新启动网络。',
  }),
  'ledger-of-other-version': ({ found = '', expected }) => ({
    title: `账本是另一个版本写的：格式是 ${found || '1.x'}，应为 ${expected}。`,
    why: '较新的 peer 用了旧网络的卷。请使用写入该账本的版本，或者删除账本，再重新启动网络。',
  }),
  'capability-unknown': ({ kind, capability }) => ({
    title: `通道要求 ${kind?.toLowerCase()} 能力 ${capability}，这个版本没有。`,
    why: '通道的配置要求比正在运行的版本更新的 Fabric。请使用那个版本，或者用这个版本启动一个新的网络：旧的文件和账本会保留。',
  }),
  'no-raft-leader': () => ({
    title: '排序节点还没有选出 leader。',
    why: '它们刚刚启动，或者彼此无法通过 TLS 连通。请再试一次，然后查看排序节点的日志。',
  }),
  'couchdb-not-ready': () => ({
    title: 'peer 启动时，它的 CouchDB 还没有开始监听。',
    why: 'CouchDB 启动要几秒钟，而 peer 不会等它。请重新启动网络。',
  }),
  'couchdb-denied': ({ reason }) => ({
    title: `CouchDB 拒绝了 peer 的访问：${reason}`,
    why: 'peer 和它的 CouchDB 启动时用了不同的密码，或者密码后来改过。请重新创建容器，让两者使用同一个密码。问题与数据无关。',
  }),
  'orderer-refuses': ({ status, info }) => ({
    title: `排序节点拒绝了请求：${status}。`,
    why: `排序节点报告：${info}。它的日志里可能有更多信息。`,
  }),
  // chaincode
  'chaincode-package-missing': ({ at, package: wanted }) => ({
    title: `链码导入了 ${wanted}，但构建镜像里没有它${at ? `：${at}` : ''}。`,
    why: '编译链码时不能访问互联网。请把这个包放进链码自己的 vendor 目录。',
  }),
  'chaincode-does-not-compile': ({ file, line, message }) => ({
    title: `链码编译不通过：${file}:${line}: ${message}`,
    why: 'peer 在构建镜像（ccenv）里编译链码，用的是其中的 Go 和 shim。请改正源码。',
  }),
  'chaincode-excluded': () => ({
    title: '构建约束排除了链码的所有 Go 文件。',
    why: '没有文件同时匹配 Linux、当前架构和构建镜像（ccenv）里的 Go 版本。请改正“//go:build”行和文件名，或者换用 Go 更新的构建镜像。',
  }),
  'chaincode-has-no-source': () => ({
    title: '链码目录本身没有 Go 文件，或者只有测试文件。',
    why: 'peer 编译的是指定目录中的包，不包括子目录中的包。请指定 main 包所在的目录。',
  }),
  'chaincode-of-two-packages': ({ one, file, other, otherFile }) => ({
    title: `链码目录中有两个包：${one}（${file}）和 ${other}（${otherFile}）。`,
    why: '除测试外，一个目录中的所有 Go 文件必须属于同一个包。请把其中一个包移到子目录。',
  }),
  'chaincode-has-no-main': () => ({
    title: '链码没有声明 func main()。',
    why: '链码是一个程序：它的 main 函数必须调用 shim.Start。',
  }),
  'chaincode-is-no-program': () => ({
    title: '链码的构建没有生成程序。',
    why: 'Go 只从 main 包构建程序，而这些文件属于别的包。',
  }),
  'chaincode-header-missing': ({ header, file, line }) => ({
    title: `链码引用了 ${header}，但构建镜像里没有它：${file}:${line}。`,
    why: 'peer 在构建镜像（ccenv）里编译链码的 C 代码。请以 ccenv 为基础构建一个带有相应开发包的镜像，并用 --chaincode-builder 指定它。',
  }),
  'chaincode-library-missing': ({ library }) => ({
    title: `链码要链接 C 库 ${library}，但构建镜像里没有它。`,
    why: `peer 在构建镜像（ccenv）里静态链接链码，因此需要 lib${library}.a。请以 ccenv 为基础构建一个带有这个库的镜像，并用 --chaincode-builder 指定它。`,
  }),
  'chaincode-no-c-compiler': ({ program }) => ({
    title: `链码的构建镜像里没有 C 编译器：${program}。`,
    why: 'peer 用该镜像里的 C 编译器链接链码。请用 --chaincode-builder 指定带有 C 编译器的镜像。',
  }),
  'chaincode-no-build-cache': ({ reason }) => ({
    title: `Go 在链码的构建镜像里没有构建缓存：${reason}。`,
    why: '镜像没有设置 GOCACHE 和 HOME，或者镜像的用户无法写入它们指向的目录。请改正镜像里的这些变量，或者换用别的镜像。',
  }),
  'vendoring-inconsistent': ({ path }) => ({
    title: `${path} 里链码的 go.mod 与 vendor/modules.txt 不一致。`,
    why: 'go.mod 改了，vendor 目录却没有更新。请更新 vendor 目录。',
  }),
  'go-too-old': ({ wanted }) => ({
    title: `链码要求 Go ${wanted}，构建镜像里的是别的版本。`,
    why: 'go.mod 里“go”那一行的版本不能比 ccenv 里的 Go 新。请把它改低。',
  }),
  'modules-not-reachable': ({ host }) => ({
    title: `链码的模块要从 ${host} 下载，但连不上它。`,
    why: '构建容器不能访问互联网；peer 只把 GOPROXY 传给它，不传 HTTP 代理。请把模块放进 vendor 目录。',
  }),
  'vcs-status': () => ({
    title: 'Go 读不了源码的版本控制信息。',
    why: '检出源码的用户与编译的用户不同。请在编译时不使用这些信息。',
  }),
  'compiler-killed': ({ program }) => ({
    title: `${program} 在编译时被强行终止。`,
    why: '机器内存不足，或者达到了构建容器的内存上限。请减少同时使用的核数，或者增加内存。',
  }),
  'chaincode-panics': ({ message, file, line }) => ({
    title: `链码崩溃${file ? `（${file}:${line}）` : ''}：${message}`,
    why: '它构建成功并已启动，但在连上 peer 之前或处理调用时发生了 panic。请改正链码。',
  }),
  'chaincode-cannot-reach-peer': ({ ours, late }) => ({
    title: '链码已启动，但连不上它的 peer。',
    why: late
      ? `peer 在 3 秒内没有应答。可能是机器太忙，再运行一次就会成功；可能是内核的邻居表已满，网络很大时可用 fabric-wizard doctor 查看；也可能是 peer 的地址（CORE_PEER_CHAINCODEADDRESS）在链码所在的网络${ours ? ` ${ours} ` : ''}里没有开放。`
      : `peer 告诉它的地址（CORE_PEER_CHAINCODEADDRESS）在它所在的网络里无法解析或没有开放。CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE 必须是 peer 所在的网络${ours ? `：${ours}` : ''}。请用正确的名字重建 peer。`,
  }),
  'runtime-libc-too-old': ({ glibc }) => ({
    title: `运行时镜像的 C 库比链码链接时用的 ${glibc} 旧。`,
    why: '构建镜像和运行时镜像来自发行版的不同版本。请用同一个版本构建两者。',
  }),
  'runtime-has-no-loader': () => ({
    title: '运行时镜像无法启动链码：没有它所需的动态加载器。',
    why: '链码是动态链接的，而运行时镜像里没有 C 库，或者是另一种架构的。请用同一个发行版构建这两个镜像。',
  }),
  'static-resolver-crash': ({ program }) => ({
    title: `${program || '一个程序'}在解析主机名时崩溃（SIGSEGV）。`,
    why: '它是静态链接的，但 C 库的 getaddrinfo 会加载共享库，而镜像里的共享库版本不同。请用同一个发行版构建构建镜像和运行镜像。',
  }),
  'chaincode-ended': ({ code, last }) => ({
    title: `链码还没有连上 peer 就以退出码 ${code} 退出了。`,
    why: `它最后的输出是：${last}`,
  }),
  'chaincode-ended-silently': ({ code }) => ({
    title: `链码还没有连上 peer 就以退出码 ${code} 退出了。`,
    why: '它没有任何输出。main 函数必须调用 shim.Start，并且等它返回后才返回；从链码容器所在的网络还必须能连上 peer。请检查这两点。',
  }),
  'chaincode-start-timeout': ({ chaincode = '链码' }) => ({
    title: `${chaincode} 没有按时启动。`,
    why: '编译时间超过了 chaincode.startuptimeout，或者容器连不上 peer。请再试一次；如果编译很慢，请重新构建 ccenv。',
  }),
  'chaincode-answer-timeout': () => ({
    title: '链码没有按时响应。',
    why: '用时超过了 chaincode.executetimeout（30 s），或者它在等待外部服务。请缩短调用，或者再试一次。',
  }),
  'chaincode-refuses': ({ message }) => ({
    title: `链码返回了错误：${message}`,
    why: '它已构建、启动并收到了调用；错误来自它自己的代码。请改正链码或参数。',
  }),
  'endorsements-differ': () => ({
    title: '各 peer 的背书结果不一致。',
    why: '链码用到了各 peer 上不同的值（时间、随机数、map 的顺序），或者各 peer 运行的代码不同。请让链码的结果确定，或者在所有 peer 上安装相同的代码。',
  }),
  'chaincode-image-gone': ({ chaincode }) => ({
    title: `链码 ${chaincode} 的镜像已不在引擎上。`,
    why: 'Fabric 2.0 及更高版本的 peer 在安装链码时构建它，之后只有在 peer 重启后才会再次构建。',
  }),
  'chaincode-exists': ({ chaincode }) => ({
    title: `这个通道上已经有名为 ${chaincode} 的链码。`,
    why: '可以把它升级到新版本，但不能再实例化一次。请换一个名字，或者升级它。',
  }),
};
