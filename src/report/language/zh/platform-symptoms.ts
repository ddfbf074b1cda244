/** Symptoms of the platform under Fabric, in Simplified Chinese: host, engine, images. */

import type { DiagnosisFacts } from '../../../pipeline/core/diagnosis-types.ts';
import type { platformSymptoms as english } from '../en/platform-symptoms.ts';
import type { Words } from '../symptoms.ts';

/** Name of the setting that holds an image reference, and of its file. */
function settingName({ key = '' }: DiagnosisFacts): string {
  return key.startsWith('CORE_') ? `compose 文件里的 ${key}` : `sampleconfig/core.yaml 里的 ${key}`;
}

function roleOf({ role }: DiagnosisFacts): string {
  return role === 'builder' ? '构建镜像' : '运行时镜像';
}

const otherNamespace: Words = (facts) => ({
  title: `引擎上没有${roleOf(facts)} ${facts.image}，但有 ${facts.own}。`,
  why: `构建镜像时用的命名空间与 peer 使用的不同。peer 的命名空间在编译时写入，${settingName(facts)} 也可能指定一个。请给镜像打上 peer 所要的名字，或者用同一个命名空间重新构建两者。`,
});

const otherTag: Words = (facts) => ({
  title: `引擎上没有${roleOf(facts)} ${facts.image}，但有 ${facts.own}。`,
  why: `名字相符，标签不符。标签来自 ${settingName(facts)}，其中填入的是编译进 peer 的版本。请给镜像打上 peer 所要的名字，或者用同一个版本重新构建两者。`,
});

const absent: Words = (facts) => {
  const { image, own, key } = facts;
  const named = `这个名字来自 ${settingName(facts)}，其中填入的是编译进 peer 的值`;
  return {
    title: `引擎上没有${roleOf(facts)} ${image}，而 peer 需要它。`,
    why:
      own === image
        ? `${named}。按这个目录的配置会构建这个镜像，但它后来被删除了。请重新构建。`
        : `${named}。引擎上的${roleOf(facts)}是 ${own}。请给它打上 peer 所要的名字，或者改正 ${key}。`,
  };
};

export const platformSymptoms: Readonly<Record<keyof typeof english, Words>> = {
  // images
  'upstream-offline': ({ program }) => ({
    title: `源码自带的 Dockerfile 有一步失败：${program}。`,
    why: '这种构建会用 apk、apt、curl 和 go 从互联网下载软件包、Go 和模块。请改用我们的 Dockerfile（不需要下载），或者让引擎能访问互联网。',
  }),
  'builder-other-namespace': otherNamespace,
  'runtime-other-namespace': otherNamespace,
  'builder-other-tag': otherTag,
  'runtime-other-tag': otherTag,
  'builder-absent': absent,
  'runtime-absent': absent,
  'runtime-pulled-although-here': ({ image }) => ({
    title: `引擎上已有运行时镜像 ${image}，却仍然去拉取它。`,
    why: '这个 peer 总是让引擎拉取：core.yaml 里 chaincode.pull 为 true，或者这个版本是 Fabric 2.5.15 或 3.1.4，它们总会拉取。如果 chaincode.pull 为 true，请改为 false；否则请换一个版本。',
  }),
  'reference-unfilled': ({ image, variable, key }) => ({
    title: `peer 要的镜像叫 ${image}，这不是有效的镜像名。`,
    why: `core.yaml 的 ${key} 里有 ${variable}。这个版本的 Fabric 不认识这个变量，会原样保留。请改正 ${key}，再重新构建 peer 镜像。`,
  }),
  'reference-invalid': () => ({
    title: '引擎不接受某个镜像名。',
    why: '名字的某一段是空的，含有大写字母，或者还留着变量。命名空间、版本和架构由 peer 在运行时填入。请检查这些值。',
  }),
  'ccenv-latest-gone': ({ image }) => ({
    title: `镜像仓库里没有镜像 ${image}。`,
    why: '1.2.0 到 1.4.7 的 peer 用 latest 标签查找构建镜像，而这个标签已不再发布。请在本机构建 ccenv。',
  }),
  'tools-gone': ({ image }) => ({
    title: `镜像仓库里没有镜像 ${image}。`,
    why: 'Fabric 3.0 及以后的版本没有 tools 镜像，其中的程序随发布包提供。请在本机构建这个镜像。',
  }),
  'pull-rate-limit': () => ({
    title: '已达到镜像仓库的拉取上限。',
    why: '镜像仓库按地址或账号限制拉取次数。请登录，稍后再试，或者用 Debian 软件包构建基础镜像。',
  }),
  'no-image-for-architecture': ({ platform }) => ({
    title: `镜像仓库里有这个镜像，但没有 ${platform} 的。`,
    why: 'Fabric 从 2.5 起才有 arm64 的镜像。更早版本的镜像请在本机构建。',
  }),
  'program-of-other-architecture': () => ({
    title: '有一个程序是为别的处理器编译的，与引擎不符。',
    why: '用了另一种架构的镜像：要么是标签指向了它，要么是以它为基础镜像。请检查镜像的架构，或者在本机构建基础镜像。',
  }),
  'emulated-go': () => ({
    title: '一个 Go 程序在模拟别的处理器时崩溃了。',
    why: '用旧版 Go 编译的 amd64 程序在 arm64 上模拟运行时会崩溃。请为本机的处理器构建镜像。',
  }),
  'version-of-two-words': ({ word }) => ({
    title: `编译进 peer 的版本里有空格，在“${word}”之前。`,
    why: 'peer 会把版本写进链码镜像的 Dockerfile，遇到空格就断开。不用 Makefile 的 -X 参数编译的 peer 自称“development build”。请用不含空格的版本重新编译 peer。',
  }),
  'builder-not-pulled': ({ image }) => ({
    title: `引擎上没有构建镜像 ${image}，也拉取不到。`,
    why: '这个名字来自 core.yaml 的 chaincode.builder，其中填入的是编译进 peer 的值。请在本机构建 ccenv，或者改正名字。',
  }),
  'image-not-in-registry': ({ image }) => ({
    title: `镜像仓库不提供 ${image}。`,
    why: '没有这个命名空间、名字和标签的镜像，或者它是私有的，需要登录。请检查名字，或者用 Debian 软件包构建基础镜像。',
  }),
  'image-vanished': ({ image }) => ({
    title: `引擎上已经没有镜像 ${image} 了。`,
    why: '运行开始时它还在，或者将由这次运行构建；运行期间它被删除了。再次运行命令就会重新构建。',
  }),
  'registry-unreachable': ({ host }) => ({
    title: `需要拉取一个镜像，但连不上镜像仓库 ${host}。`,
    why: '所要的某个镜像不在引擎上；没有网络时，引擎不会说明是哪一个。请找出缺少的镜像，或者用 Debian 软件包构建基础镜像。',
  }),
  // engine
  'engine-too-new-for-peer': ({ socket }) => ({
    title: `${socket} 后面的 Docker 引擎断开了 peer 的连接。`,
    why: '这个 peer 的 Docker 客户端使用的 API 版本，Engine 29 已不再支持。使用 --gateway 时，每个版本都能与每个引擎配合。不用网关时，请使用最新的补丁版本（2.5.16、3.1.5），或为 dockerd 设置 DOCKER_MIN_API_VERSION=1.24。',
  }),
  'engine-too-old-for-client': ({ client, max }) => ({
    title: `Docker 引擎最高支持 API ${max}，而客户端用的是 ${client}。`,
    why: 'Fabric 2.5.15、2.5.16 和 3.1.4 需要 Engine 25 或更新的版本，或者需要网关；有网关时每个版本都能用。请使用 --gateway，或者升级引擎。',
  }),
  'client-too-old-for-engine': ({ client, min }) => ({
    title: `Docker 引擎最低要求 API ${min}，而客户端用的是 ${client}。`,
    why: '客户端对这个引擎来说太旧：旧的 compose 配上第 2 版格式的文件，或者旧的 peer。请升级 compose；peer 请使用 --gateway，或为 dockerd 设置 DOCKER_MIN_API_VERSION=1.24。',
  }),
  'engine-answers-no-inspection': () => ({
    title: 'peer 无法在 Docker 引擎上查询镜像。',
    why: '引擎返回了错误，通常是 peer 与引擎没有共同的 API 版本：Fabric 2.5.15、2.5.16 和 3.1.4 需要 Engine 25 或更新的版本，或者需要网关。请使用 --gateway，或者升级引擎。',
  }),
  'gateway-refuses': ({ peer, request, reason = '' }) => ({
    title: `网关拒绝了 ${peer ?? 'peer'} 对引擎的请求${request === undefined ? '' : `：${request}`}。`,
    why: `原因：${reason}。网关只放行在这个网络里构建和运行链码所需的请求。链码容器如果还需要别的设置，请写进 core.yaml 的 vm.docker.hostConfig；自己的镜像用 --chaincode-builder 或 --chaincode-runtime 指定。使用 --no-gateway 时，peer 直接持有引擎的套接字，不受限制。`,
  }),
  'gateway-gone': ({ status }) => ({
    title: 'peer 正在使用网关时，网关停止了。',
    why: `peer 通过网关访问引擎，而网关的状态是：${status}。当时正在进行的链码构建已经失败。请用 up 启动它，再重新运行命令。它的日志会说明停止的原因。`,
  }),
  'socket-not-in-peer': ({ socket }) => ({
    title: `peer 在 ${socket} 找不到 Docker 套接字。`,
    why: '套接字没有挂载进 peer，或者本机引擎的套接字在别处（Docker Desktop、rootless、另一个 context）。请检查 Docker context，再重新启动网络。',
  }),
  'socket-refused': ({ socket }) => ({
    title: `peer 里的套接字${socket ? ` ${socket} ` : ''}上没有 Docker 引擎在监听。`,
    why: '挂载到那里的不是正在运行的引擎的套接字。如果要挂载的路径不存在，Docker 会创建同名的目录。如果引擎重启过，它会创建新的套接字。请重新创建 peer，并检查套接字的路径。',
  }),
  'socket-denied-in-container': ({ socket }) => ({
    title: `peer 没有权限访问 Docker 套接字 ${socket}。`,
    why: '运行 peer 的用户在容器里无权打开这个套接字。原因可能是用户命名空间、镜像里的 USER、SELinux 或 AppArmor。用户在本机所属的组在容器里不起作用。',
  }),
  'socket-denied': () => ({
    title: '当前用户没有使用 Docker 套接字的权限。',
    why: '用户不在 docker 组里。请把用户加入该组，然后重新登录。',
  }),
  'endpoint-wrong': ({ error }) => ({
    title: `peer 连不上 Docker 引擎：${error}。`,
    why: 'CORE_VM_ENDPOINT（core.yaml 的 vm.endpoint）的地址与挂载进 peer 的套接字不同。请用正确的地址重建 peer。',
  }),
  'engine-gone': ({ socket }) => ({
    title: `${socket === undefined ? '' : `${socket} 的 `}Docker 引擎不再响应。`,
    why: '它在运行期间被停止或重启了。已完成的阶段会保留。请启动引擎，再次运行命令。',
  }),
  'address-pools-used-up': () => ({
    title: 'Docker 引擎没有地址可以分给新的网络了。',
    why: '大约三十个网络就会用完地址池；使用相同地址的 VPN 也会造成这种情况。请删除不需要的网络。',
  }),
  'container-name-taken': ({ container }) => ({
    title: `已经有名为 ${container} 的容器。`,
    why: '它属于别的项目，或者是某次被强行终止的运行留下的。请删除它，或者换一个项目名。',
  }),
  'compose-too-old': ({ file }) => ({
    title: `这个 docker-compose 读不了 ${file}。`,
    why: '它比 1.27 旧，要求文件里写明 version。请安装较新的 compose。',
  }),
  'firewall-rules-gone': ({ reason }) => ({
    title: `Docker 引擎无法设置防火墙规则：${reason}`,
    why: '引擎启动之后，管理防火墙的程序（firewalld、ufw 或某个脚本）删除了 Docker 的链。请重启引擎，让它重新创建这些链。',
  }),
  'bridge-gone': ({ bridge }) => ({
    title: `Docker 引擎的网络接口 ${bridge} 不存在。`,
    why: '引擎启动时创建了它，之后另一个引擎、网络管理程序或某个用户删除了它。请重启引擎，让它重新创建这个接口。',
  }),
  'mounts-denied': () => ({
    title: 'Docker Desktop 没有把这个目录共享给容器。',
    why: '只有在它的设置（Resources, File sharing）里列出的目录才能挂载。请在那里加上这个目录，或者使用已共享的目录。',
  }),
  // host
  'disk-full': () => ({
    title: '磁盘已满。',
    why: 'Docker 的目录里有镜像、构建缓存和账本；单是一个 Fabric 版本的镜像就占 2.5 GB。请删除不需要的内容。',
  }),
  'no-more-threads': ({ reason }) => ({
    title: `有程序无法再创建线程：${reason}。`,
    why: '达到了进程数的上限，或者引擎比镜像里的 C 库旧，拦截了这个系统调用。请提高上限，或者升级引擎。',
  }),
  'too-many-open-files': () => ({
    title: '打开的文件数达到了上限。',
    why: '节点会一直打开许多文件；这个上限来自 shell 或引擎。请提高上限，再重新启动网络。',
  }),
  'engine-older-than-image': ({ program }) => ({
    title: `引擎不允许镜像运行 ${program}。`,
    why: '引擎比镜像里的 C 库旧：它的 seccomp 配置会拦截不认识的系统调用。请升级引擎，或者用 Debian 软件包构建基础镜像。',
  }),
  'header-missing': ({ header }) => ({
    title: `构建镜像里缺少 C 头文件 ${header}。`,
    why: 'Fabric 要链接 C 代码（到 1.4.3 为止 PKCS#11 需要 ltdl.h），而镜像里没有相应的开发包。请使用带有它的构建镜像。',
  }),
  'config-not-found': ({ name }) => ({
    title: `找不到 ${name}.yaml。`,
    why: 'FABRIC_CFG_PATH 指向的目录里没有这个文件，或者构建镜像时没有放入 sampleconfig。请重新构建镜像，或者在当前 shell 里设置这个变量。',
  }),
  'line-ends-of-windows': () => ({
    title: '有一个脚本用的是 Windows 换行符。',
    why: 'git 以 CRLF 检出了源码，容器里的 shell 把 CR 当成了名字的一部分。请关闭这种转换，再重新检出源码。',
  }),
  'file-of-other-user': ({ path }) => ({
    title: `${path} 属于另一个用户。`,
    why: '它由容器或以前以 root 身份的运行创建，当前用户不能修改。请更改它的属主。',
  }),
  'download-failed': ({ host = '某个服务器' }) => ({
    title: `构建时需要下载文件，但连不上 ${host}。`,
    why: '构建的某一步要下载文件或软件包，但构建容器无法连接这台主机。请检查网络、引擎的 DNS 设置和代理。',
  }),
  'tool-not-in-image': ({ tool }) => ({
    title: `镜像里没有 ${tool}。`,
    why: '有脚本要调用它，而指定的或构建出的镜像里没有。请使用带有它的镜像，或者用 Debian 软件包构建基础镜像。',
  }),
};
